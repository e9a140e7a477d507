using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>
/// What stands between the sum of a mixer's scans and the input of out_proj, as a factor a token and channel:
/// scale silu(z), times gain / rms (of a layer norm: gain / deviation) where there is a norm, whose scale is taken as a constant.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Scale">Factor of the sum over scans: 1, or 1/2 where it is halved.</param>
/// <param name="Z">Gate branch before SiLU (Batch, L, E); null where there is no gate.</param>
/// <param name="Norm">The norm, before or behind the gate: the factor is the same product; null where there is none.</param>
public sealed record AfterScan<T>(float Scale, Value<T>? Z, GatedNorm<T>? Norm)
    where T : unmanaged;
