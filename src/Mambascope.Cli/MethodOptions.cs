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
            $"Method, or METHOD.FORM such as rollout.paper; repeat for several side by side. Mamba: {MethodNames.Of(ModelShape.Of(MixerKind.Scan))}. Transformers: "
                + $"{MethodNames.Of(ModelShape.Of(MixerKind.Softmax))} [default: {StandardMethods.Listed()}]",
        HelpName = "METHOD[.FORM]",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<AttributionMode[]> mode = ModeOption.Create();

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

    private readonly Option<int?> steps = OptionKinds.Whole(
        "--steps", "N", $"Steps of integrated-gradients [default: {new AttributionOptions().Steps}]", 1);
    private readonly Option<int?> samples = OptionKinds.Whole(
        "--samples", "N", $"Samples of smoothgrad [default: {new AttributionOptions().Samples}]", 1);
    private readonly Option<double?> noise = OptionKinds.Share(
        "--noise", "SHARE", $"Noise of smoothgrad as a share of the input's range [default: {new AttributionOptions().Noise}]");
    private readonly Option<int?> seed = OptionKinds.Whole("--seed", "N", "Seed of smoothgrad's noise [default: 0]");

    internal MethodOptions()
    {
        methods.CompletionSources.Add([.. AttributionMethods.All.Select(method => method.Name).Distinct()]);
        UnreadOptions.AddAliases(Others);
    }

    /// <summary>--method and --mode.</summary>
    internal IReadOnlyList<Option> First => [methods, mode];

    /// <summary>What methods read beside it.</summary>
    internal IReadOnlyList<Option> Others => [startLayer, reduction, sign, rows, residual, lrpVariant, steps, samples, noise, seed];

    /// <summary>Whether some map is asked for as the released code makes it.</summary>
    internal bool IsOfficial(Session session)
        => Modes(session).Contains(AttributionMode.Official) || Named(session).Any(name => name.EndsWith(".official", StringComparison.Ordinal));

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
            .DistinctBy(each => each.Method.NameOf(each.Options))
            .Select(each => new ChosenMethod(each.Method, each.Options))
            .ToArray();
        AttributionMethod[] explaining = names.Length > 0 ? [.. named.Select(each => each.Method)] : [.. StandardMethods.For(model)];
        var able = AttributionMethods.For(shape);
        UnreadOptions.Refuse(session, Others, explaining, able);

        // A name with a form of its own does not ask for a mode.
        AttributionMethod[] withoutForm =
            names.Length > 0 ? [.. names.Where(name => !MethodNames.HasForm(name)).Select(name => MethodNames.Find(name, shape))] : explaining;
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
            StartLayer = arguments.GetValue(startLayer),
            Reduction = arguments.GetValue(reduction),
            Sign = arguments.GetValue(sign),
            RowNormalisation = arguments.GetValue(rows),
            ResidualWeight = arguments.GetValue(residual) ?? standard.ResidualWeight,
            LrpVariant = arguments.GetValue(lrpVariant),
            Steps = arguments.GetValue(steps) ?? standard.Steps,
            Samples = arguments.GetValue(samples) ?? standard.Samples,
            Noise = arguments.GetValue(noise) ?? standard.Noise,
            Seed = arguments.GetValue(seed) ?? standard.Seed,
        };
    }

    private AttributionMode[] Modes(Session session) => session.Arguments.GetValue(mode) ?? [];

    private IEnumerable<string> Named(Session session) => MethodNames.Split(session.Arguments.GetValue(methods) ?? []);
}
