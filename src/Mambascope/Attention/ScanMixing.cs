using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>Hidden attention: how selective scans mixed tokens. Products are adjoint scans, see <see cref="AttentionProduct"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ScanMixing<T>(ScanMixerTrace<T> mixer) : TokenMixing<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override Activation<T> Product(Workers workers, BufferPool<T> pool, AttentionView view, Activation<T> v)
        => AttentionProduct.Mean(workers, pool, mixer, view, ScanDirections.Both, v);

    /// <inheritdoc/>
    public override Activation<T> Rows(
        Workers workers, BufferPool<T> pool, AttentionView view, Activation<T> v, SignRule sign, ChannelReduction reduction)
    {
        if (sign == SignRule.Keep && reduction == ChannelReduction.Mean)
        {
            return Product(workers, pool, view, v);
        }

        var rows = pool.Rent(v.Batch, v.Length, mixer.X.Data.Width);
        AttentionProduct.Channels(workers, pool, mixer, view, ScanDirections.Both, v, rows);
        var reduced = Activation<T>.Zeros(v.Batch, v.Length, 1);
        RowBlocks.For(workers, rows.Rows, rows.Width, (first, last) =>
        {
            for (var i = first; i < last; i++)
            {
                reduced.Row(i)[0] = ChannelReductions.Reduce<T>(rows.Row(i), sign, reduction);
            }
        });

        pool.Return(rows);
        return reduced;
    }

    /// <inheritdoc/>
    public override AttentionMatrix<T> Matrix(Workers workers, int item, MatrixRequest<T> request, CancellationToken cancellation = default)
        => request.Channels is [var channel] && request is { Sign: SignRule.Keep, RowWeights: null, ColumnWeights: null }
            ? ChannelMatrix.Of(mixer, item, channel, request.View, request.Directions)
            : MatrixReduction.Reduce(workers, mixer, item, request, cancellation);

    /// <inheritdoc/>
    public override MixingError? Check(
        Workers workers, BufferPool<T> pool, IReadOnlyList<int> tokens, CancellationToken cancellation = default)
        => ScanCheck.Of(workers, pool, mixer, tokens, cancellation);

    /// <inheritdoc/>
    internal override PieceProduct<T> EndOfText(AttentionView view) => PieceProduct<T>.For(mixer, view);

    /// <inheritdoc/>
    internal override Activation<T> Product(Workers workers, BufferPool<T> pool, AttentionView view, Activation<T> v, PieceProduct<T> later)
        => AttentionProduct.Mean(workers, pool, mixer, view, ScanDirections.Both, v, later);

    /// <inheritdoc/>
    public override Activation<T> Shares(Tape<T> tape, Activation<T> v) => SharesOf(tape, v, later: null);

    /// <inheritdoc/>
    internal override Activation<T> Shares(Tape<T> tape, Activation<T> v, PieceProduct<T> later) => SharesOf(tape, v, later);

    // W_out ( (v T')[j] ⊙ x[j] ), T' the whole mixer with gate and norm.
    private Activation<T> SharesOf(Tape<T> tape, Activation<T> v, PieceProduct<T>? later)
    {
        var x = mixer.X.Data;
        var rows = tape.Pool.Rent(v.Batch, v.Length, x.Width);
        AttentionProduct.Channels(tape.Workers, tape.Pool, mixer, AttentionView.Block, ScanDirections.Both, v, rows, later);
        for (var row = 0; row < rows.Rows; row++)
        {
            TensorPrimitives.Multiply(rows.Row(row), x.Row(row), rows.Row(row));
        }

        var shares = OutputProjection.Apply(tape, mixer.Output, rows);
        tape.Pool.Return(rows);
        return shares;
    }
}
