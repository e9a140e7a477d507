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
    /// <summary>Above it, a map says little about the score.</summary>
    internal const double LargestError = Attribution.IntegratedGradients.LargestError;

    // Fields of a stored record that its type needs must be there, and be what the type says.
    private static readonly JsonSerializerOptions strict = new(EvaluationSettings.Json)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Hash of what the model was given, so that a changed file is noticed; empty where nobody took it.</summary>
    public string Input { get; init; } = "";

    /// <summary>
    /// The share of the score's change that the map misses, where its method says so; above 0.05 summaries count it.
    /// </summary>
    public double? ConvergenceError { get; init; }

    /// <summary>Where the line stands, for messages; null where it was not read from a file.</summary>
    internal string? Place { get; init; }

    /// <summary>The line, without its end: the number first, under the name of its kind.</summary>
    public string ToLine()
    {
        var body = JsonSerializer.Serialize(
            new Body(Id, Input, Model, Method, Label, Prediction, Explained, Columns, Record) { ConvergenceError = ConvergenceError },
            EvaluationSettings.Json);
        return $"{{\"{Kind.Name}\":{Index},{body[1..]}";
    }

    /// <summary>What was measured, as its own type.</summary>
    public TRecord As<TRecord>()
    {
        try
        {
            return Record.Deserialize<TRecord>(strict) ?? throw new JsonException("it is empty");
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Misfit(error);
        }
    }

    /// <summary>That the record is not what its measure writes.</summary>
    internal BadInputException Misfit(Exception cause)
        => new(
            $"{Place ?? "result"} ({Printable.Name(Id)}, {Printable.Name(Model)}, {Printable.Name(Method)}): the record is not what the "
                + $"measure writes ({Printable.Reason(cause)}); the file is damaged: delete it from that line on and use --resume",
            cause);

    /// <summary>Whether an error is one that reading damaged JSON ends with.</summary>
    internal static bool IsDamage(Exception error)
        => error is JsonException or FormatException or InvalidOperationException or OverflowException or ArgumentException
            or NotSupportedException or KeyNotFoundException;

    /// <summary>Whether two lines say the same of their case, apart from what a model answered.</summary>
    internal bool IsOfSameCase(ResultLine other)
        => Id == other.Id && Columns.Count == other.Columns.Count
            && Columns.All(column => other.Columns.TryGetValue(column.Key, out var value) && value == column.Value)
            && (Model != other.Model
                || (Label == other.Label && Prediction == other.Prediction && Explained == other.Explained && Input == other.Input));

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
                is not { Id: not null, Input: not null, Model: not null, Method: not null, Columns: not null, Record: not null } body)
            {
                throw new JsonException("a field is missing");
            }

            var (kind, index) = KindOf(body);
            ResultLine result = new(
                kind, index, body.Id, body.Model, body.Method, body.Label, body.Prediction, body.Explained, body.Columns, body.Record)
            {
                Input = body.Input,
                ConvergenceError = body.ConvergenceError,
                Place = $"{path}, line {number}",
            };
            result.ToLine(); // reads every text in it: a lone surrogate shows only now
            return result.Prediction >= 0 && result.Explained >= 0 && !(result.Label < 0)
                ? result
                : throw new JsonException("an answer is negative");
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw ResultReader.Damaged(path, number, $"not a result line ({Printable.Reason(error)})", error);
        }
    }

    private static (CaseKind Kind, int Index) KindOf(Body body)
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
        string Input,
        string Model,
        string Method,
        int? Label,
        int Prediction,
        int Explained,
        IReadOnlyDictionary<string, string> Columns,
        JsonObject Record)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? ConvergenceError { get; init; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Others { get; init; }
    }
}
