using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// How softmax attention mixed tokens: its probabilities, a matrix a head. It has one part only, so that views do not differ.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class SoftmaxMixing<T>(SoftmaxMixerTrace<T> mixer) : TokenMixing<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override Activation<T> Product(Workers workers, BufferPool<T> pool, AttentionView view, Activation<T> v)
        => AttentionRows.Mean(mixer, v);

    /// <inheritdoc/>
    public override AttentionMatrix<T> Matrix(Workers workers, int item, MatrixRequest<T> request, CancellationToken cancellation = default)
    {
        if (request.RowWeights is not null || request.ColumnWeights is not null)
        {
            throw new BadInputException("softmax attention has no channels that could be weighted");
        }

        return request switch
        {
            { Channels: null, Reduction: ChannelReduction.Mean } => HeadMatrix.Mean(mixer, item), // probabilities have no sign to change
            { Channels: [var head] } => HeadMatrix.Of(mixer, item, head),
            _ => Reduced(item, request),
        };
    }

    /// <inheritdoc/>
    public override Activation<T> Shares(Tape<T> tape, Activation<T> v)
    {
        // W_out of ( Σ_i v[i] P[h, i, j] ) v[h, j] for all heads; heads may share values.
        var (A, V, L) = (mixer.Attention.Data, mixer.V.Data, v.Length);
        var width = OutputProjection.Of(tape, mixer.Output).X.Data.Width;
        var headWidth = width / mixer.Heads;
        var sharing = width / V.Width;
        var mixed = Activation<T>.Zeros(v.Batch, L, width);
        var weights = new T[L];
        for (var item = 0; item < v.Batch; item++)
        {
            for (var head = 0; head < mixer.Heads; head++)
            {
                Array.Clear(weights);
                for (var i = 0; i < L; i++)
                {
                    var factor = v.Row(item, i)[0];
                    var from = A.Row(item, (head * L) + i);
                    for (var j = 0; j < L && factor != T.Zero; j++)
                    {
                        weights[j] += factor * from[j];
                    }
                }

                for (var j = 0; j < L; j++)
                {
                    var values = V.Row(item, j).Slice(head / sharing * headWidth, headWidth);
                    var to = mixed.Row(item, j).Slice(head * headWidth, headWidth);
                    for (var c = 0; c < to.Length; c++)
                    {
                        to[c] = weights[j] * values[c];
                    }
                }
            }
        }

        return OutputProjection.Apply(tape, mixer.Output, mixed);
    }

    private AttentionMatrix<T> Reduced(int item, MatrixRequest<T> request)
    {
        var (heads, A) = (request.Channels ?? [.. Enumerable.Range(0, mixer.Heads)], mixer.Attention.Data);
        var (matrix, values) = (new AttentionMatrix<T>(A.Width), new T[heads.Count]);
        for (var i = 0; i < matrix.Length; i++)
        {
            var to = matrix.Row(i);
            for (var j = 0; j < to.Length; j++)
            {
                for (var h = 0; h < values.Length; h++)
                {
                    values[h] = A.Row(item, (heads[h] * A.Width) + i)[j];
                }

                to[j] = ChannelReductions.Reduce<T>(values, request.Sign, request.Reduction);
            }
        }

        return matrix;
    }
}
