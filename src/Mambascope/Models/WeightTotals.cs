using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>How much some weights are, all together.</summary>
/// <param name="Parameters">Values.</param>
/// <param name="Bytes">Bytes in memory, as the values are held.</param>
/// <param name="Format">As most of the values are held.</param>
internal sealed record WeightTotals(long Parameters, long Bytes, WeightFormat Format)
{
    /// <summary>Whether most of the values are held in a quantised format.</summary>
    internal bool IsQuantised => Format is not (WeightFormat.F32 or WeightFormat.BF16 or WeightFormat.F16);

    /// <summary>Bits in memory for a value, on average.</summary>
    internal double BitsPerWeight => 8.0 * Bytes / Parameters;

    /// <summary>Counts weights by their shapes; their values are not touched.</summary>
    public static WeightTotals Of(IEnumerable<Weight> weights)
    {
        var all = weights.ToArray();
        var byFormat = all.GroupBy(weight => weight.Format)
            .Select(group => (Format: group.Key, Count: group.Sum(weight => (long)weight.Count)));
        return new(
            all.Sum(weight => (long)weight.Count), all.Sum(weight => weight.ByteLength), byFormat.MaxBy(group => group.Count).Format);
    }
}
