namespace Mambascope.Evaluation.Results;

/// <summary>The lines of one model and method, in the order of the data.</summary>
/// <param name="Model">The model.</param>
/// <param name="Method">Method or control.</param>
/// <param name="Lines">One a case.</param>
public sealed record MethodLines(string Model, string Method, IReadOnlyList<ResultLine> Lines)
{
    /// <summary>Both names, for tables and charts.</summary>
    public string Name => $"{Model} {Method}";

    /// <summary>All lines of a run by model and method.</summary>
    public static IReadOnlyList<MethodLines> Of(IEnumerable<ResultLine> lines)
        => [.. lines.GroupBy(line => (line.Model, line.Method)).Select(group
            => new MethodLines(group.Key.Model, group.Key.Method, [.. group.OrderBy(line => line.Index)]))];

    /// <summary>The records of the lines, in their order.</summary>
    public TRecord[] Records<TRecord>() => [.. Lines.Select(line => line.As<TRecord>())];
}
