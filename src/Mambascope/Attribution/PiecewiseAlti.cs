using System.Numerics;
using Mambascope.Attention;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// <see cref="AltiRows"/> of a text in pieces. The last piece holds the explained token's states; the sum by which a layer's row is divided
/// is known when the first piece is done, so that one number a layer and token is kept until then.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="options">The layer to start at.</param>
internal sealed class PiecewiseAlti<T>(AttributionOptions options) : PiecewiseMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<int, LayerRow> rows = [];

    /// <inheritdoc/>
    public override Activation<T> Next(Trace<T> trace, bool isLast, CancellationToken cancellation)
    {
        var v = Activation<T>.Zeros(1, trace.Length, 1);
        v.Row(trace.Length - 1)[0] = isLast ? T.One : T.Zero;
        foreach (var at in LayerChoice.Of(trace.Layers, options).Where(at => trace.Layers[at].Mixers.Count > 0))
        {
            cancellation.ThrowIfCancellationRequested();
            var layer = trace.Layers[at];
            var mixing = TokenMixing<T>.Of(layer).Single();
            if (isLast)
            {
                var (stream, state) = AltiShares.States(layer, v);
                rows[at] = new(state.ToArray(), AltiShares.Nearness<T>(state.Row(0), stream.Row(0)), mixing.EndOfText(AttentionView.Block));
            }

            var row = rows[at];
            var shares = AltiShares.Scaled(mixing.Shares(trace.Tape, v, row.Later), layer.Mixers.Single().Factor);
            row.Pieces.Push(AltiShares.Nearness<T>(row.State, shares));
        }

        return Activation<T>.Zeros(1, trace.Length, 1);
    }

    /// <inheritdoc/>
    public override void Finish(Span<T> values)
    {
        foreach (var row in rows.Values)
        {
            double[] near = [.. row.Pieces.SelectMany(piece => piece)]; // the first piece lies on top
            var sum = near.Sum() + row.Residual;
            for (var j = 0; j < near.Length && sum > 0; j++)
            {
                values[j] += T.CreateTruncating(near[j] / sum);
            }
        }
    }

    private sealed record LayerRow(T[] State, double Residual, PieceProduct<T> Later)
    {
        public Stack<double[]> Pieces { get; } = [];
    }
}
