using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Does the map's maximum lie on the explained garment, where a scene shows two?</summary>
internal sealed class PointingVerb : Verb
{
    private const string DataPrefix = "fashion-scenes:two-items:";
    private const string StandardData = DataPrefix + "500";

    private readonly ModelOptions model;
    private readonly Option<string?> data = OptionKinds.Text("--data", "DATA", $"Scenes: {DataPrefix}COUNT, drawn from the garments that no model was trained on [default: {StandardData}]");

    private readonly Option<string[]> methods = new("--method")
    {
        Description = "A method, or METHOD.MODE for one mode; repeat it for several [default: all that need no further runs, in every mode]",
        HelpName = "METHOD[.MODE]",
    };

    internal PointingVerb() : base("pointing", "Does the map's maximum lie on the explained garment, where a scene shows two?")
    {
        model = new(this);
        Add(data);
        Add(methods);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate pointing", "all methods of the shipped model on 500 scenes with two garments"),
        ("mambascope evaluate pointing --method attribution.exact --method rollout.paper --data fashion-scenes:two-items:100 --json", "two methods, fewer scenes, for a script"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Each scene is explained twice, once for each of its two garments. A method that gives the same map for both can hit the\n"
            + "explained garment half of the time at best. Intervals are 95 %, by resampling whole scenes. random is a map of noise.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException("evaluate runs in single precision; leave --precision out");
        }

        var source = session.Arguments.GetValue(data) ?? StandardData;
        var count = Count(source);
        using var classifier = model.Open(session);
        var chosen = Methods(session.Arguments.GetValue(methods) ?? [], classifier.Model.Shape);
        var results = session.Progress.During(
            $"explaining {2 * count} garments with {chosen.Count} methods",
            () => TwoItemPointing.Measure(classifier.Workers, classifier.Model, classifier.Preprocessing, FashionScenes.Test(), count, chosen));
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["test"] = "pointing",
                ["model"] = classifier.Name,
                ["data"] = source,
                ["scenes"] = count,
                ["methods"] = new JsonArray([.. results.Select(Json)]),
            });
            return;
        }

        session.Out.WriteLine($"{classifier.Name}, {count} scenes with two garments, each garment explained in turn; where the maximum of the map lies (95 % intervals):");
        var table = new TextTable("", " on the explained garment", " on the other", " on the background", " maps that say nothing");
        foreach (var result in results)
        {
            table.Add(result.Method, Percent(result.OnTarget), Percent(result.OnOther), Percent(result.OnBackground), $"{result.Degenerate}");
        }

        table.Write(session.Out);
    }

    private static int Count(string source)
        => source.StartsWith(DataPrefix, StringComparison.Ordinal)
            && int.TryParse(source.AsSpan(DataPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new BadInputException($"--data {source}: expected {DataPrefix}COUNT with COUNT of 1 or more, for example {StandardData}");

    private static IReadOnlyList<(AttributionMethod, AttributionOptions)> Methods(string[] names, ModelShape kinds)
        => names.Length == 0
            ? [.. AttributionMethods.For(kinds).Where(method => !method.RunsModel).SelectMany(method => Modes(method).Select(mode => (method, new AttributionOptions { Mode = mode })))]
            : [.. names.Select(name => MethodNames.WithForm(name, kinds))];

    private static AttributionMode[] Modes(AttributionMethod method) => method.HasModes ? Enum.GetValues<AttributionMode>() : [AttributionMode.Exact];

    private static string Percent(Bootstrap share) => $"{100 * share.Mean:0.0} % ({100 * share.Lower:0.0} to {100 * share.Upper:0.0})";

    private static JsonObject Json(PointingResult result) => new()
    {
        ["method"] = result.Method,
        ["on_target"] = Json(result.OnTarget),
        ["on_other"] = Json(result.OnOther),
        ["on_background"] = Json(result.OnBackground),
        ["degenerate"] = result.Degenerate,
    };

    private static JsonObject Json(Bootstrap share) => new() { ["mean"] = share.Mean, ["lower"] = share.Lower, ["upper"] = share.Upper, ["n"] = share.Count };
}
