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
            "Method, or METHOD.FORM such as rollout.paper; repeat for several side by side. "
                + $"Mamba: {MethodNames.Of(ModelShape.Of(MixerKind.Scan))}. Transformers: "
                + $"{MethodNames.Of(ModelShape.Of(MixerKind.Softmax))} [default: {StandardMethods.Listed()}]",
        HelpName = "METHOD[.FORM]",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<AttributionMode[]> mode = ModeOption.Create();

    private readonly Option<MixerKind?> kind = OptionKinds.Choice<MixerKind?>(
        "--kind",
        "Of a hybrid, the mixers of one kind alone, as in a model that has no others [default: all, on one scale]",
        [(MixerKind.Scan.Name, MixerKind.Scan), (MixerKind.Softmax.Name, MixerKind.Softmax)]);

    private readonly Option<int?> startLayer = OptionKinds.Whole(
        "--start-layer", "N", "First layer that takes part [default: 0; official mode: 15/24 of the depth]", 0);

    private readonly Option<int?> stage = OptionKinds.Whole(
        "--stage", "N", "The one stage that takes part in raw, on its own grid, of a model with stages (VMamba) [default: all]", 0);

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
        "--steps", "N",
        $"Steps of integrated-gradients [default: {IntegratedGradients.FewestSteps}, and twice as many until the map adds up to the "
            + $"score's change, at most {IntegratedGradients.MostSteps}]",
        1);
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
        => [kind, startLayer, stage, reduction, sign, rows, residual, lrpVariant, reference, budget, segment];

    /// <summary>Options of a method with those that were given on the command line and that it reads.</summary>
    internal AttributionOptions Given(Session session, AttributionMethod method, AttributionOptions options)
        => OfManyRuns
            .Where(option => session.Arguments.GetResult(option) is { Implicit: false })
            .Select(option => (Known: UnreadOptions.Of(option), Word: session.Arguments.GetResult(option)!.Tokens[^1].Value))
            .Where(given => method.Options.Contains(given.Known))
            .Aggregate(options, (read, given) => given.Known.With(read, given.Word));

    /// <summary>Whether some map is asked for as the released code makes it.</summary>
    internal bool IsOfficial(Session session)
        => Modes(session).Contains(AttributionMode.Official)
            || Named(session).Any(name => name.EndsWith(".official", StringComparison.Ordinal));

    /// <summary>The methods that were named, each in each of its modes; null where none was.</summary>
    /// <exception cref="UsageException">
    /// One does not exist, or explains models of another kind; or an option was given that none of them reads.
    /// </exception>
    internal IReadOnlyList<ChosenMethod>? Methods(Session session, LoadedModel model)
    {
        var (shape, options) = (model.Model.Shape, Read(session));
        string[] names = [.. Named(session)];
        var named = names
            .SelectMany(name => MethodNames.InModes(name, shape, options, Modes(session)))
            .DistinctBy(each => (each.Method.NameOf(each.Options), each.Options))
            .Select(each => new ChosenMethod(each.Method, each.Options))
            .ToArray();
        AttributionMethod[] explaining = names.Length > 0 ? [.. named.Select(each => each.Method)] : [.. StandardMethods.For(model)];
        var able = AttributionMethods.For(shape);
        UnreadOptions.Refuse(session, Others, explaining, able);

        // A name with a form of its own does not ask for a mode.
        var withoutForm =
            names.Length > 0
                ? [.. names.Where(name => !MethodNames.HasForm(name)).Select(name => MethodNames.Find(name, shape))]
                : explaining;
        UnreadOptions.Refuse(session, [mode], withoutForm.Length > 0 ? withoutForm : explaining.Where(method => !method.HasModes), able);
        return names.Length > 0 ? named : null;
    }

    /// <summary>How they explain.</summary>
    internal AttributionOptions Read(Session session)
    {
        var (arguments, standard) = (session.Arguments, new AttributionOptions());
        return standard with
        {
            Mode = Modes(session) is [var first, ..] ? first : standard.Mode,
            Kind = arguments.GetValue(kind),
            StartLayer = arguments.GetValue(startLayer),
            Stage = arguments.GetValue(stage),
            Reduction = arguments.GetValue(reduction),
            Sign = arguments.GetValue(sign),
            RowNormalisation = arguments.GetValue(rows),
            ResidualWeight = arguments.GetValue(residual) ?? standard.ResidualWeight,
            LrpVariant = arguments.GetValue(lrpVariant),
            Reference = arguments.GetValue(reference),
            Budget = arguments.GetValue(budget),
            Segment = arguments.GetValue(segment) ?? standard.Segment,
            Steps = arguments.GetValue(steps),
            Samples = arguments.GetValue(samples) ?? standard.Samples,
            Noise = arguments.GetValue(noise) ?? standard.Noise,
            Seed = arguments.GetValue(seed) ?? standard.Seed,
        };
    }

    private AttributionMode[] Modes(Session session) => session.Arguments.GetValue(mode) ?? [];

    private IEnumerable<string> Named(Session session) => MethodNames.Split(session.Arguments.GetValue(methods) ?? []);
}
