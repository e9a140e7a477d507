using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>What one scan of a mixer computed, in token coordinates. Letters as in the Mamba papers.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Order">Order in which the scan visits the tokens.</param>
/// <param name="Before">
/// What stands between the mixer's x-branch and u; null where u is the x-branch. Scans that read the same u share it.
/// </param>
/// <param name="ALog">ln(-A), (E, N); (H) for Mamba-2.</param>
/// <param name="D">Skip (E).</param>
/// <param name="U">Scan input (Batch, L, E).</param>
/// <param name="Delta">Step sizes after softplus (Batch, L, E); (Batch, L, H) for Mamba-2.</param>
/// <param name="B">Input coefficients (Batch, L, groups N).</param>
/// <param name="C">Output coefficients (Batch, L, groups N).</param>
/// <param name="Y">Scan output without skip (Batch, L, E).</param>
/// <param name="Groups">Groups of heads with B and C of their own; 1 but for some Mamba-2.</param>
public sealed record ScanTrace<T>(
    ScanOrder Order,
    BeforeScan<T>? Before,
    Weight ALog,
    Weight D,
    Value<T> U,
    Value<T> Delta,
    Value<T> B,
    Value<T> C,
    Value<T> Y,
    int Groups = 1)
    where T : unmanaged
{
    /// <summary>The scan's operands as kernels read them.</summary>
    internal ScanInputs<T> ScanInputs => new(U.Data, Delta.Data, ALog, B.Data, C.Data, Order, Groups);

    /// <summary>Heads whose channels share one hidden attention matrix (Mamba-2); null where every channel has its own.</summary>
    public int? Heads => ALog.Shape.Count == 1 ? Delta.Width : null;

    /// <summary>States of a channel, N.</summary>
    public int StateSize => B.Width / Groups;
}
