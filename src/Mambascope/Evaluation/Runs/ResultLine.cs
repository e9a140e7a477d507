using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Runs;

/// <summary>What one test found for one image or question, model and method: a line of a result file.</summary>
/// <param name="Image">Index in a data set of images; null for a question.</param>
/// <param name="Id">Its stable name.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Method">METHOD, METHOD.FORM, or a control.</param>
/// <param name="Label">True class or token, where there is one.</param>
/// <param name="Prediction">The model's answer.</param>
/// <param name="Explained">The class or token that the map explains.</param>
/// <param name="Columns">The user's own columns.</param>
/// <param name="Record">What the test measured.</param>
public sealed record ResultLine(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Image, string Id, string Model, string Method, int? Label, int Prediction, int Explained, IReadOnlyDictionary<string, string> Columns, JsonObject Record)
{
    /// <summary>Index in a data set of texts; null for an image.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyOrder(-1)]
    public int? Question { get; init; }

    /// <summary>Index in the data set, whatever it consists of.</summary>
    [JsonIgnore]
    public int Index => (Image ?? Question)!.Value;

    /// <summary>The line, without its end.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, EvaluationSettings.Json);

    /// <summary>What the test measured, as its own type.</summary>
    public TRecord As<TRecord>() => Record.Deserialize<TRecord>(EvaluationSettings.Json) ?? throw new BadInputException($"result {Id}, {Model}, {Method}: the record is empty");

    /// <summary>A record for a line.</summary>
    public static JsonObject RecordOf<TRecord>(TRecord record) => JsonSerializer.SerializeToNode(record, EvaluationSettings.Json)!.AsObject();

    /// <summary>Reads a line back.</summary>
    /// <exception cref="BadInputException">It is no such line.</exception>
    public static ResultLine Parse(string line, string path, long number)
    {
        try
        {
            return JsonSerializer.Deserialize<ResultLine>(line, EvaluationSettings.Json) is { Id: not null, Model: not null, Method: not null, Record: not null } result && result.Image is null != result.Question is null
                ? result
                : throw new JsonException("a field is missing");
        }
        catch (JsonException error)
        {
            throw new BadInputException($"{path}, line {number}: not a result line ({Printable.Reason(error)}); the file is damaged: delete it from that line on and use --resume", error);
        }
    }
}
