using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Results;

/// <summary>What one measure found for one case, model and method: a line of a result file.</summary>
/// <param name="Kind">What the case is.</param>
/// <param name="Index">Its number in the data set.</param>
/// <param name="Id">Its stable name.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Method">METHOD, METHOD.FORM, or a control.</param>
/// <param name="Label">True class or token, where there is one.</param>
/// <param name="Prediction">The model's answer.</param>
/// <param name="Explained">The class or token that the map explains.</param>
/// <param name="Columns">The user's own columns.</param>
/// <param name="Record">What was measured.</param>
public sealed record ResultLine(
    CaseKind Kind, int Index, string Id, string Model, string Method, int? Label, int Prediction, int Explained,
    IReadOnlyDictionary<string, string> Columns, JsonObject Record)
{
    /// <summary>The line, without its end: the number first, under the name of its kind.</summary>
    public string ToLine()
    {
        var body = JsonSerializer.Serialize(
            new Body(Id, Model, Method, Label, Prediction, Explained, Columns, Record), EvaluationSettings.Json);
        return $"{{\"{Kind.Name}\":{Index},{body[1..]}";
    }

    /// <summary>What was measured, as its own type.</summary>
    public TRecord As<TRecord>()
        => Record.Deserialize<TRecord>(EvaluationSettings.Json)
        ?? throw new BadInputException($"result {Id}, {Model}, {Method}: the record is empty");

    /// <summary>A record for a line.</summary>
    public static JsonObject RecordOf<TRecord>(TRecord record)
        => JsonSerializer.SerializeToNode(record, EvaluationSettings.Json)!.AsObject();

    /// <summary>Reads a line back.</summary>
    /// <exception cref="BadInputException">It is no such line.</exception>
    public static ResultLine Parse(string line, string path, long number)
    {
        try
        {
            if (
                JsonSerializer.Deserialize<Body>(line, EvaluationSettings.Json)
                is not { Id: not null, Model: not null, Method: not null, Record: not null } body)
            {
                throw new JsonException("a field is missing");
            }

            var (kind, index) = Place(body);
            return new(
                kind, index, body.Id, body.Model, body.Method, body.Label, body.Prediction, body.Explained, body.Columns, body.Record);
        }
        catch (JsonException error)
        {
            throw new BadInputException(
                $"{path}, line {number}: not a result line ({Printable.Reason(error)}); the file is damaged: delete it from that line on "
                    + "and use --resume",
                error);
        }
    }

    private static (CaseKind Kind, int Index) Place(Body body)
    {
        CaseKind[] named = [.. CaseKind.All.Where(kind => body.Others?.ContainsKey(kind.Name) == true)];
        return
            named.Length == 1
            && body.Others![named[0].Name] is { ValueKind: JsonValueKind.Number } value
            && value.TryGetInt32(out var index)
            ? (named[0], index)
            : throw new JsonException("a field is missing");
    }

    private sealed record Body(
        string Id,
        string Model,
        string Method,
        int? Label,
        int Prediction,
        int Explained,
        IReadOnlyDictionary<string, string> Columns,
        JsonObject Record)
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Others { get; init; }
    }
}
