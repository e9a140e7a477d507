using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Results;

/// <summary>
/// Everything that decides the results of an evaluation. Equal settings give equal lines, on any machine with the same kernels' rounding,
/// for any number of threads, shards and interruptions. It is the first line of a result file.
/// </summary>
/// <param name="Measure">Name of the measure.</param>
/// <param name="Options">The measure's own settings.</param>
/// <param name="Data">Specification of the data set.</param>
/// <param name="Count">Cases of the whole data set that take part.</param>
/// <param name="Models">Name and fingerprint of each model.</param>
/// <param name="Methods">Names of the methods of each model, controls included.</param>
/// <param name="Explained">Which class or token is explained.</param>
/// <param name="Seed">Seed of everything that is drawn.</param>
/// <param name="Shard">This part of the data, from 0.</param>
/// <param name="Shards">Parts in all: case i belongs to part i mod Shards.</param>
public sealed record EvaluationSettings(
    string Measure,
    JsonObject Options,
    string Data,
    int Count,
    IReadOnlyList<ModelFingerprint> Models,
    IReadOnlyList<IReadOnlyList<string>> Methods,
    ExplainedClass Explained,
    int Seed,
    int Shard = 0,
    int Shards = 1)
{
    /// <summary>Layout of result files; files of another one are refused.</summary>
    public const int Version = 1;

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What is counted and measured one by one.</summary>
    public CaseKind Kind { get; init; } = CaseKind.Picture;

    /// <summary>Numbers of the cases of this shard, rising.</summary>
    public IReadOnlyList<int> Units => [.. Enumerable.Range(0, Count).Where(unit => unit % Shards == Shard)];

    /// <summary>Lines a case gives: one a model and method.</summary>
    public int LinesPerUnit => Methods.Sum(methods => methods.Count);

    /// <summary>The first line of a result file, without its end of line.</summary>
    public string ToLine() => new JsonObject
    {
        ["mambascope"] = "evaluation",
        ["version"] = Version,
        ["test"] = Measure,
        ["options"] = Options.DeepClone(),
        ["data"] = Data,
        [Kind.Plural] = Count,
        ["models"] = new JsonArray([.. Models.Zip(Methods, (model, methods) => new JsonObject
        {
            ["name"] = model.Name,
            ["weights"] = model.Weights,
            ["methods"] = new JsonArray([.. methods.Select(method => (JsonNode)method)]),
        })]),
        ["explained"] = Explained.ToString().ToLowerInvariant(),
        ["seed"] = Seed,
        ["shard"] = Shard,
        ["shards"] = Shards,
    }.ToJsonString(Json);

    /// <summary>Reads a first line back.</summary>
    /// <param name="line">The line.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="BadInputException">It is not the first line of a result file of this version.</exception>
    public static EvaluationSettings Parse(string line, string path)
    {
        try
        {
            var json = JsonNode.Parse(line)!.AsObject();
            if ((string?)json["mambascope"] != "evaluation" || (int?)json["version"] != Version)
            {
                throw new FormatException();
            }

            var kind = CaseKind.All.FirstOrDefault(each => json.ContainsKey(each.Plural)) ?? throw new FormatException();
            var models = json["models"]!.AsArray();
            return new(
                (string)json["test"]!,
                (JsonObject)json["options"]!.DeepClone(),
                (string)json["data"]!,
                (int)json[kind.Plural]!,
                [.. models.Select(model => new ModelFingerprint((string)model!["name"]!, (string)model["weights"]!))],
                [.. models.Select(model => (IReadOnlyList<string>)[.. model!["methods"]!.AsArray().Select(method => (string)method!)])],
                (string?)json["explained"] == "true" ? ExplainedClass.True : ExplainedClass.Predicted,
                (int)json["seed"]!,
                (int)json["shard"]!,
                (int)json["shards"]!)
            {
                Kind = kind,
            };
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            throw new BadInputException(
                $"{path} does not begin with the settings of an evaluation (version {Version}); expected a file that evaluate wrote",
                error);
        }
    }
}
