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
/// <param name="Shards">Parts in all: case i belongs to part i mod Shards, unless <see cref="Blocks"/> says otherwise.</param>
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
    public const int Version = 2;

    internal static readonly JsonSerializerOptions Json = ReflectedJson.SnakeCase;

    // Of a header that somebody may have changed.
    private const int MostCases = 1 << 30;

    private IReadOnlyList<(string Model, string Method)>? places;

    /// <summary>What is counted and measured one by one.</summary>
    public CaseKind Kind { get; init; } = CaseKind.Picture;

    /// <summary>The cases of this shard where it takes whole files of several, rising; null where cases are dealt out one by one.</summary>
    public IReadOnlyList<CaseBlock>? Blocks { get; init; }

    /// <summary>Numbers of the cases of this shard, rising.</summary>
    public IReadOnlyList<int> Units => [.. Enumerable.Range(0, UnitCount).Select(UnitAt)];

    /// <summary>Cases of this shard.</summary>
    public int UnitCount
        => Blocks is { } blocks ? blocks.Sum(block => block.Count)
            : Shard < Count ? ((Count - Shard - 1) / Shards) + 1 : 0;

    /// <summary>Lines a case gives: one a model and method.</summary>
    public int LinesPerUnit => Methods.Sum(methods => methods.Count);

    /// <summary>Model and method of each line of a case, in the order of the lines.</summary>
    internal IReadOnlyList<(string Model, string Method)> Places
        => places ??= [.. Models.Zip(Methods).SelectMany(pair => pair.Second.Select(method => (pair.First.Name, method)))];

    /// <summary>Number of a case of this shard by its place in it.</summary>
    internal int UnitAt(int place)
    {
        if (Blocks is null)
        {
            return Shard + (place * Shards);
        }

        var before = 0;
        foreach (var block in Blocks)
        {
            if (place < before + block.Count)
            {
                return block.First + place - before;
            }

            before += block.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(place));
    }

    /// <summary>The settings of the whole that this is a part of.</summary>
    internal EvaluationSettings Whole => this with { Shard = 0, Shards = 1, Blocks = null };

    /// <summary>The first line of a result file, without its end of line.</summary>
    public string ToLine()
    {
        var line = ToJson();
        if (Blocks is { } blocks)
        {
            line["blocks"] = new JsonArray([.. blocks.Select(block => new JsonArray(block.First, block.Count))]);
        }

        return line.ToJsonString(Json);
    }

    private JsonObject ToJson() => new()
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
            ["reading"] = model.Reading,
            ["methods"] = new JsonArray([.. methods.Select(method => (JsonNode)method)]),
        })]),
        ["explained"] = Explained.ToString().ToLowerInvariant(),
        ["seed"] = Seed,
        ["shard"] = Shard,
        ["shards"] = Shards,
    };

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
            EvaluationSettings settings = new(
                Text(json, "test"),
                (JsonObject)json["options"]!.DeepClone(),
                Text(json, "data"),
                (int)json[kind.Plural]!,
                [.. models.Select(model => Model(model!))],
                [.. models.Select(model => (IReadOnlyList<string>)[.. model!["methods"]!.AsArray().Select(NameOf)])],
                Enum.GetValues<ExplainedClass>()
                    .First(each => string.Equals(each.ToString(), (string?)json["explained"], StringComparison.OrdinalIgnoreCase)),
                (int)json["seed"]!,
                (int)json["shard"]!,
                (int)json["shards"]!)
            {
                Kind = kind,
                Blocks = json["blocks"] is { } blocks ? [.. blocks.AsArray().Select(block => Block(block!.AsArray()))] : null,
            };
            settings.ToLine(); // reads every text in it
            return settings.IsPossible ? settings : throw new FormatException("a number is out of range, or a name stands there twice");
        }
        catch (Exception error) when (ResultLine.IsDamage(error) || error is NullReferenceException or ArgumentNullException)
        {
            throw new BadInputException(
                $"{path}, line 1: it does not begin with the settings of an evaluation (version {Version}); expected a file that "
                    + "evaluate of this version wrote",
                error);
        }
    }

    private bool IsPossible
        => Count is >= 0 and <= MostCases && Shards is >= 1 and <= MostCases && Shard >= 0 && Shard < Shards && Places.Count > 0
            && Places.Distinct().Count() == Places.Count && AreBlocksPossible;

    // Rising and within the data.
    private bool AreBlocksPossible
    {
        get
        {
            var end = 0L;
            foreach (var block in Blocks ?? [])
            {
                if (block.First < end || block.Count < 1)
                {
                    return false;
                }

                end = (long)block.First + block.Count;
            }

            return end <= Count && (Blocks is null || Shards > 1);
        }
    }

    private static CaseBlock Block(JsonArray block)
        => block.Count == 2 ? new((int)block[0]!, (int)block[1]!) : throw new FormatException("a block is no pair");

    private static ModelFingerprint Model(JsonNode json)
        => new(Text(json, "name"), Text(json, "weights"), Text(json, "reading"));

    private static string NameOf(JsonNode? name) => (string?)name ?? throw new FormatException("a method has no name");

    private static string Text(JsonNode json, string key) => (string?)json[key] ?? throw new FormatException($"{key} is missing");
}
