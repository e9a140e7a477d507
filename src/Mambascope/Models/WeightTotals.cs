using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>How much some weights are, all together.</summary>
/// <param name="Parameters">Values.</param>
/// <param name="Bytes">Bytes in memory, as the values are held.</param>
/// <param name="Format">As most of the values are held.</param>
public sealed record WeightTotals(long Parameters, long Bytes, WeightFormat Format)
{
    /// <summary>Counts weights by their shapes; their values are not touched.</summary>
    public static WeightTotals Of(IEnumerable<Weight> weights)
    {
        var byFormat = weights.GroupBy(weight => weight.Format).Select(group => (Format: group.Key, Count: group.Sum(weight => (long)weight.Count))).ToArray();
        return new(byFormat.Sum(group => group.Count), byFormat.Sum(group => group.Count * BytesOf(group.Format)), byFormat.MaxBy(group => group.Count).Format);
    }

    private static int BytesOf(WeightFormat format) => format == WeightFormat.F32 ? sizeof(float) : sizeof(ushort);
}
