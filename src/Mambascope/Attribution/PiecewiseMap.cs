using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>A map of a text that is made piece by piece, from the last piece to the first.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal abstract class PiecewiseMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The map's share of the next piece towards the beginning, (1, L, 1).</summary>
    /// <param name="trace">A recorded run of the piece, from the state in front of it.</param>
    /// <param name="isLast">Whether it is the text's last piece, behind which the decision is made.</param>
    /// <param name="cancellation">Stops the work.</param>
    public abstract Activation<T> Next(Trace<T> trace, bool isLast, CancellationToken cancellation);

    /// <summary>The whole map, when every piece has had its turn; for methods whose shares are known only then.</summary>
    /// <param name="values">The shares, put together in the order of the text.</param>
    public virtual void Finish(Span<T> values) { }
}

/// <summary>Where adjoints of a text in pieces start, in its last piece, and with what.</summary>
/// <param name="trace">A recorded run of the last piece.</param>
internal delegate (Value<T> Value, Activation<T> Adjoint) PieceSeed<T>(Trace<T> trace)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>Token times gradient, or relevance: what later pieces hand back lies in the adjoints of the model's state.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="rules">Relevance rules; null for the gradient.</param>
/// <param name="seed">Where adjoints start in the last piece.</param>
internal sealed class PiecewiseRelevance<T>(RuleSet<T>? rules, PieceSeed<T> seed) : PiecewiseMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override Activation<T> Next(Trace<T> trace, bool isLast, CancellationToken cancellation)
    {
        // In the other pieces nothing is explained, and adjoints come from the state alone.
        var (value, adjoint) = seed(trace);
        adjoint = isLast ? adjoint : Activation<T>.Zeros(adjoint.Batch, adjoint.Length, adjoint.Width);
        using var replay = trace.Tape.Backward(value, adjoint, [trace.Tokens], rules, cancellation: cancellation);
        return TokenRelevance.Of(trace, replay);
    }
}

/// <summary>Products through the layers' mixers: what later pieces reach for in this one is kept, a mixer each.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="method">Raw attention or rollout.</param>
/// <param name="options">How.</param>
internal sealed class PiecewiseAttention<T>(AttentionMethod method, AttributionOptions options) : PiecewiseMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<(int Layer, int Mixer), PieceProduct<T>> later = [];

    /// <inheritdoc/>
    public override Activation<T> Next(Trace<T> trace, bool isLast, CancellationToken cancellation)
    {
        var (layers, view) = (LayerChoice.Of(trace.Layers, options), AttentionMethod.View(options));
        var v = Activation<T>.Zeros(1, trace.Length, 1);
        v.Row(trace.Length - 1)[0] = isLast ? T.One : T.Zero;
        var walk = new LayerWalk<T>(trace, layers, _ => v, (layer, mixer, mixing, weights) =>
        {
            cancellation.ThrowIfCancellationRequested();
            if (!later.TryGetValue((layer, mixer), out var handed))
            {
                later[(layer, mixer)] = handed = mixing.EndOfText(view);
            }

            return mixing.Product(trace.Tape.Workers, trace.Tape.Pool, view, weights, handed);
        });
        return method.Row(walk, options, isFromEnd: true);
    }
}
