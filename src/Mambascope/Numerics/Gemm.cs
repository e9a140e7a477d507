namespace Mambascope.Numerics;

/// <summary>Single-precision matrix products on packed panels.</summary>
internal static class Gemm
{
}
