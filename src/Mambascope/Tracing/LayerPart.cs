using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>What one part of a layer, a mixer or an MLP, added to the residual stream.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Shape">What the part is made of; null where it works on each token alone.</param>
/// <param name="Output">
/// What it gave, behind its own multipliers (Batch, L, d); a factor of the whole branch comes after it, so that its adjoint has the factor.
/// </param>
/// <param name="Experts">The experts that the tokens were sent to; null where there are none.</param>
public sealed record LayerPart<T>(MixerShape? Shape, Value<T> Output, ExpertChoice<T>? Experts = null)
    where T : unmanaged;

/// <summary>The experts that a mixture sent each token to.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Chosen">Experts, k for each token of each item, the heaviest first.</param>
/// <param name="Weights">Their weights (Batch, L, k).</param>
public sealed record ExpertChoice<T>(IReadOnlyList<int> Chosen, Value<T> Weights)
    where T : unmanaged
{
    /// <summary>Experts of one token, the heaviest first.</summary>
    public IReadOnlyList<int> Of(int item, int token)
    {
        var (k, row) = (Weights.Data.Width, (item * Weights.Data.Length) + token);
        return [.. Enumerable.Range(row * k, k).Select(i => Chosen[i])];
    }
}
