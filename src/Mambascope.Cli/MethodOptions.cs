using System.CommandLine;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli;

/// <summary>Which methods explain, and how: the options of a verb that explains.</summary>
internal sealed class MethodOptions
{
    private readonly Option<string[]> methods = new("--method")
    {
        Description =
            $"Method; repeat for several side by side. Mamba: {MethodNames.Of(ModelShape.Of(MixerKind.Scan))}. Transformers: "
                + $"{MethodNames.Of(ModelShape.Of(MixerKind.Softmax))} [default: {string.Join(", ", StandardMethods.OfScans)}; "
                + $"transformers: {string.Join(", ", StandardMethods.OfTransformers)}]",
        HelpName = "METHOD",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<AttributionMode> mode = OptionKinds.Choice(
        "--mode", "Form of raw, rollout and attribution: the exact mixer, the paper's equations, or the released code [default: exact]",
        [("exact", AttributionMode.Exact), ("paper", AttributionMode.Paper), ("official", AttributionMode.Official)]);

    private readonly Option<MixerKind?> kind = OptionKinds.Choice<MixerKind?>(
        "--kind",
        "Of a hybrid, the mixers of one kind alone, as in a model that has no others [default: all, on one scale]",
        [(MixerKind.Scan.Name, MixerKind.Scan), (MixerKind.Softmax.Name, MixerKind.Softmax)]);

    private readonly Option<int?> startLayer = OptionKinds.Whole(
        "--start-layer", "N", "First layer that takes part [default: 0; official mode: 15/24 of the depth]", 0);

    private readonly Option<ChannelReduction> reduction = OptionKinds.Choice(
        "--reduce",
        "How channels become one [default: mean]",
        [
            ("mean", ChannelReduction.Mean),
            ("max", ChannelReduction.Max),
            ("min", ChannelReduction.Min),
            ("product", ChannelReduction.Product),
        ]);

    private readonly Option<SignRule?> sign = OptionKinds.Choice<SignRule?>(
        "--sign",
        "What is done to the sign of attention [default: keep; attribution: clamp]",
        [("keep", SignRule.Keep), ("clamp", SignRule.Clamp), ("absolute", SignRule.Absolute)]);

    private readonly Option<RowNormalisation> rows = OptionKinds.Choice(
        "--row-norm",
        "Scaling of rows before layers are multiplied [default: none]",
        [("none", RowNormalisation.None), ("l1", RowNormalisation.L1)]);

    private readonly Option<double?> residual = OptionKinds.Share(
        "--residual", "WEIGHT", "Weight of the residual stream against the mixer in products of layers [default: 1]");

    private readonly Option<LrpVariant> lrpVariant = OptionKinds.Choice(
        "--lrp-variant",
        "Relevance rules of partial-lrp, full-lrp and their kin: with rescaled residual sums, or as compared with in the paper on "
            + "Transformer-Attribution [default: rescaled]",
        [("rescaled", LrpVariant.Rescaled), ("original", LrpVariant.Original)]);

    private readonly Option<InputReference> reference = OptionKinds.Choice(
        "--reference",
        "What mamba-lrp, state-lrp and their kin compare the input with: nothing, the picture's mean patch (sharper maps, no better "
            + "explanations), or the text's mean token [default: none]",
        [
            ("none", InputReference.None),
            ("picture-mean", InputReference.PictureMean),
            ("text-mean", InputReference.TextMean),
        ]);

    private readonly Option<int?> budget = OptionKinds.Whole(
        "--budget",
        "N",
        $"Most forward passes of occlusion and kernel-shap [default: as many as occlusion needs; kernel-shap {KernelShap.StandardBudget}]",
        1);

    private readonly Option<int?> segment = OptionKinds.Whole(
        "--segment", "N", "Side in patches of the squares that occlusion and kernel-shap remove as one; of a text, tokens [default: 1]", 1);

    private readonly Option<int?> steps = OptionKinds.Whole(
        "--steps", "N", $"Steps of integrated-gradients [default: {new AttributionOptions().Steps}]", 1);
    private readonly Option<int?> samples = OptionKinds.Whole(
        "--samples", "N", $"Samples of smoothgrad [default: {new AttributionOptions().Samples}]", 1);
    private readonly Option<double?> noise = OptionKinds.Share(
        "--noise", "SHARE", $"Noise of smoothgrad as a share of the input's range [default: {new AttributionOptions().Noise}]");
    private readonly Option<int?> seed = OptionKinds.Whole("--seed", "N", "Seed of what smoothgrad and kernel-shap draw [default: 0]");

    internal MethodOptions()
    {
        methods.CompletionSources.Add([.. AttributionMethods.All.Select(method => method.Name).Distinct()]);
        UnreadOptions.AddAliases(Others);
    }

    /// <summary>--method and --mode.</summary>
    internal IReadOnlyList<Option> First => [methods, mode];

    /// <summary>What methods read beside it.</summary>
    internal IReadOnlyList<Option> Others => [.. OfManyRuns, steps, samples, noise, seed];

    /// <summary>Those that mean nothing else to verbs that draw and repeat themselves.</summary>
    internal IReadOnlyList<Option> OfManyRuns
        => [kind, startLayer, reduction, sign, rows, residual, lrpVariant, reference, budget, segment];

    /// <summary>Options of a method with those that were given on the command line and that it reads.</summary>
    internal AttributionOptions Given(Session session, AttributionMethod method, AttributionOptions options)
        => OfManyRuns
            .Where(option => session.Arguments.GetResult(option) is { Implicit: false })
            .Select(option => (Known: UnreadOptions.Of(option), Word: session.Arguments.GetResult(option)!.Tokens[^1].Value))
            .Where(given => method.Options.Contains(given.Known))
            .Aggregate(options, (read, given) => given.Known.With(read, given.Word));

    /// <summary>The mode that was asked for.</summary>
    internal AttributionMode Mode(Session session) => session.Arguments.GetValue(mode);

    /// <summary>The methods that were named; null where none was.</summary>
    /// <exception cref="UsageException">
    /// One does not exist, or explains models of another kind; or an option was given that none of them reads.
    /// </exception>
    internal IReadOnlyList<AttributionMethod>? Methods(Session session, IModel model)
    {
        AttributionMethod[]? named = session.Arguments.GetValue(methods) is { Length: > 0 } words
            ? [.. MethodNames.Split(words).Select(name => MethodNames.Find(name, model.Shape))]
            : null;
        UnreadOptions.Refuse(
            session, [mode, .. Others], named ?? StandardMethods.For(model, isLong: false), AttributionMethods.For(model.Shape));
        return named;
    }

    /// <summary>How they explain.</summary>
    internal AttributionOptions Read(Session session)
    {
        var (arguments, standard) = (session.Arguments, new AttributionOptions());
        return standard with
        {
            Mode = arguments.GetValue(mode),
            Kind = arguments.GetValue(kind),
            StartLayer = arguments.GetValue(startLayer),
            Reduction = arguments.GetValue(reduction),
            Sign = arguments.GetValue(sign),
            RowNormalisation = arguments.GetValue(rows),
            ResidualWeight = arguments.GetValue(residual) ?? standard.ResidualWeight,
            LrpVariant = arguments.GetValue(lrpVariant),
            Reference = arguments.GetValue(reference),
            Budget = arguments.GetValue(budget),
            Segment = arguments.GetValue(segment) ?? standard.Segment,
            Steps = arguments.GetValue(steps) ?? standard.Steps,
            Samples = arguments.GetValue(samples) ?? standard.Samples,
            Noise = arguments.GetValue(noise) ?? standard.Noise,
            Seed = arguments.GetValue(seed) ?? standard.Seed,
        };
    }
}
