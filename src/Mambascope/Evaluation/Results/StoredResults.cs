namespace Mambascope.Evaluation.Results;

/// <summary>What stands in a result file.</summary>
/// <param name="Settings">Its first line.</param>
/// <param name="Lines">All results of the cases that are complete, in their order.</param>
public sealed record StoredResults(EvaluationSettings Settings, IReadOnlyList<ResultLine> Lines)
{
    /// <summary>Cases that could not be read.</summary>
    public IReadOnlyList<CaseResults> LeftOut { get; init; } = [];

    internal static StoredResults Of(EvaluationSettings settings, IReadOnlyList<CaseResults> cases)
        => new(settings, [.. cases.SelectMany(each => each.Lines)]) { LeftOut = [.. cases.Where(each => each.LeftOut is not null)] };
}
