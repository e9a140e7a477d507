using System.Text.Json.Nodes;
using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Results;

/// <summary>
/// All that a run found for one case: a line a model and method, or none and the reason, where the case could not be read and was left out.
/// </summary>
/// <param name="Kind">What the case is.</param>
/// <param name="Index">Its number in the data set.</param>
/// <param name="Id">Its stable name.</param>
/// <param name="Lines">Models in their order, and the methods of each in theirs.</param>
/// <param name="LeftOut">Why the case was left out, in one line; null where it was not.</param>
public sealed record CaseResults(CaseKind Kind, int Index, string Id, IReadOnlyList<ResultLine> Lines, string? LeftOut = null)
{
    /// <summary>What stands in the file, ends of lines included.</summary>
    internal string ToText()
        => LeftOut is null
            ? string.Concat(Lines.Select(line => line.ToLine() + "\n"))
            : new JsonObject { [Kind.Name] = Index, ["id"] = Id, ["left_out"] = LeftOut }.ToJsonString(EvaluationSettings.Json) + "\n";
}
