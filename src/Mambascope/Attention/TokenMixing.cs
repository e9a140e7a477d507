using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// A trace of a mixer that says itself how it mixed tokens: how a model of another library is explained without an edit here.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public interface IExplainedMixer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How it mixed tokens.</summary>
    TokenMixing<T> Mixing { get; }
}

/// <summary>
/// How one mixer moved information between tokens in a run, whatever its kind: M, a matrix a unit (channel or head), row i what output
/// token i takes from every input token. Products and reductions are what methods ask for; most never form a matrix.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public abstract class TokenMixing<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The account of a mixer: the only place that asks which kind it is.</summary>
    /// <exception cref="BadInputException">A mixer of a kind that nobody accounts for.</exception>
    public static TokenMixing<T> Of(MixerTrace<T> mixer)
        => mixer switch
        {
            IExplainedMixer<T> own => own.Mixing,
            ScanMixerTrace<T> scans => new ScanMixing<T>(scans),
            SoftmaxMixerTrace<T> softmax => new SoftmaxMixing<T>(softmax),
            _ => throw new BadInputException(
                $"how {mixer.Shape.Kind.Noun} mix tokens is not known here; the trace of such a mixer must account for it "
                    + $"({nameof(IExplainedMixer<T>)})"),
        };

    /// <summary>The accounts of a layer's mixers; none for a layer that works on each token alone.</summary>
    public static IReadOnlyList<TokenMixing<T>> Of(LayerTrace<T> layer) => [.. layer.Mixers.Select(Of)];

    /// <summary>
    /// v mean(M), mean over units: (Batch, L, 1) from weights of the output tokens v (Batch, L, 1). By way of the matrix here; a kind that
    /// can do without one, in time that grows with the tokens and not with their square, says how.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="pool">Scratch memory.</param>
    /// <param name="view">Which part of the mixer; for kinds that have one part only, that part.</param>
    /// <param name="v">Weights of the output tokens.</param>
    public virtual Activation<T> Product(Workers workers, BufferPool<T> pool, AttentionView view, Activation<T> v)
    {
        var rows = Activation<T>.Zeros(v.Batch, v.Length, 1);
        for (var item = 0; item < v.Batch; item++)
        {
            var matrix = Matrix(workers, item, new() { View = view });
            for (var i = 0; i < matrix.Length; i++)
            {
                var weight = v.Row(item, i)[0];
                for (var j = 0; j < matrix.Length; j++)
                {
                    rows.Row(item, j)[0] += weight * matrix[i, j];
                }
            }
        }

        return rows;
    }


    /// <summary>The rows v M of all units, the sign rule applied to each entry, reduced to one: (Batch, L, 1).</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="pool">Scratch memory.</param>
    /// <param name="view">Which part of the mixer.</param>
    /// <param name="v">Weights of the output tokens.</param>
    /// <param name="sign">Sign rule.</param>
    /// <param name="reduction">How units become one.</param>
    /// <exception cref="BadInputException">The mixer gives means only.</exception>
    public virtual Activation<T> Rows(
        Workers workers, BufferPool<T> pool, AttentionView view, Activation<T> v, SignRule sign, ChannelReduction reduction)
        => sign == SignRule.Keep && reduction == ChannelReduction.Mean
            ? Product(workers, pool, view, v)
            : throw new BadInputException("a mixer of this model gives the mean over its units, with their signs, and no other reduction");

    /// <summary>
    /// What each input token brings to sum over i of v[i] output[i]: (Batch, L, d), behind the output projection, with the mixer's
    /// nonlinear parts held and without its biases. With v a unit vector the shares of one output token.
    /// </summary>
    /// <param name="tape">The run, which knows the output projection.</param>
    /// <param name="v">Weights of the output tokens, (Batch, L, 1).</param>
    /// <exception cref="BadInputException">The mixer does not say.</exception>
    public virtual Activation<T> Shares(Tape<T> tape, Activation<T> v)
        => throw new BadInputException("a mixer of this model does not say which part of its output comes from which token");

    /// <summary>One L x L matrix out of those of all units, for one item.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="request">Part of the mixer, sign rule, reduction, weights.</param>
    /// <param name="cancellation">Stops the work.</param>
    public abstract AttentionMatrix<T> Matrix(
        Workers workers, int item, MatrixRequest<T> request, CancellationToken cancellation = default);

    /// <summary>
    /// Whether the matrices give back what the mixer computed, at some output tokens; null where there is nothing to compute anew.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="pool">Scratch memory.</param>
    /// <param name="tokens">Output tokens.</param>
    /// <param name="cancellation">Stops the work.</param>
    public virtual MixingError? Check(
        Workers workers, BufferPool<T> pool, IReadOnlyList<int> tokens, CancellationToken cancellation = default)
        => null;

    /// <summary>
    /// What <see cref="Product(Workers, BufferPool{T}, AttentionView, Activation{T}, PieceProduct{T})"/> hands from piece to piece, at the
    /// end of a text.
    /// </summary>
    internal virtual PieceProduct<T> EndOfText(AttentionView view)
        => throw new InvalidOperationException("This mixer needs the whole text at once");

    /// <summary>
    /// v mean(M) for a piece of a text: <paramref name="later"/> is what the pieces after it reach for in this one, replaced by what all
    /// reach for in those before.
    /// </summary>
    internal virtual Activation<T> Product(Workers workers, BufferPool<T> pool, AttentionView view, Activation<T> v, PieceProduct<T> later)
        => throw new InvalidOperationException("This mixer needs the whole text at once");

    /// <summary>As <see cref="Shares(Tape{T}, Activation{T})"/>, for a piece of a text.</summary>
    internal virtual Activation<T> Shares(Tape<T> tape, Activation<T> v, PieceProduct<T> later)
        => throw new InvalidOperationException("This mixer needs the whole text at once");
}

/// <summary>By how much matrices miss what a mixer computed, each error relative to the largest value there.</summary>
/// <param name="Scan">Largest |alpha u - y|: the scan alone.</param>
/// <param name="Block">Largest |T' x + b' - gated|: the whole mixer.</param>
public readonly record struct MixingError(double Scan, double Block);
