using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// Turns a layer's (L, E) activations into series over scan time, one a channel, for <see cref="ChannelMatrixKernel{TWidth, TVector}"/>.
/// Sixteen channels at a time, so that every cache line that is touched is used whole; they are computed with channels as lanes, for
/// sixteen steps at a time, and then turned round.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal readonly unsafe struct SeriesGather<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Most channels of a call.</summary>
    public const int Width = 16;

    // Steps that are turned round together.
    private const int Steps = 16;

    private readonly ScanMixerTrace<float> layer;
    private readonly ScanTrace<float> direction;
    private readonly CausalConvolution<float>? convolution;
    private readonly int item;
    private readonly MatrixRequest<float> request;
    private readonly int stride;
    private readonly float* b;
    private readonly float* c;
    private readonly float* delta;
    private readonly float* sigma;
    private readonly float* rows;
    private readonly float* columns;
    private readonly float* lines;

    /// <summary>Gathers B and C, which all channels share, into zeroed memory of <see cref="Size"/> floats.</summary>
    public SeriesGather(
        ScanMixerTrace<float> layer,
        ScanTrace<float> direction,
        int item,
        MatrixRequest<float> request,
        int stride,
        float* memory)
    {
        this.layer = layer;
        this.direction = direction;
        convolution = direction.Convolution();
        this.item = item;
        this.request = request;
        this.stride = stride;
        var N = direction.B.Data.Width;
        delta = memory;
        sigma = delta + (Width * stride);
        rows = sigma + (Width * stride);
        columns = rows + (Width * stride);
        b = columns + (Width * stride);
        c = b + (N * stride);
        lines = c + (N * stride);
        var tokens = direction.Order.Tokens;
        for (var t = 0; t < tokens.Length; t++)
        {
            var input = direction.B.Data.Row(item, tokens[t]);
            var output = direction.C.Data.Row(item, tokens[t]);
            for (var n = 0; n < N; n++)
            {
                b[(n * stride) + t] = input[n];
                c[(n * stride) + t] = output[n];
            }
        }
    }

    private bool IsWholeMixer => request.View != AttentionView.S6;

    /// <summary>Floats for a model of <paramref name="states"/> states with series of <paramref name="stride"/> floats.</summary>
    public static int Size(int states, int stride) => (((4 * Width) + (2 * states)) * stride) + (Steps * Width);

    /// <summary>Gathers the series of channels [first, first + count).</summary>
    public void Gather(int first, int count)
    {
        var (convolved, gate) = (IsWholeMixer ? convolution : null, request.View == AttentionView.Block ? layer.After : null);
        var constant = gate is { Z: null } ? gate.Scale : 1;
        for (var start = 0; start < direction.Order.Length; start += Steps)
        {
            var tokens = direction.Order.Tokens[start..Math.Min(start + Steps, direction.Order.Length)];
            Collect<Self>(direction.Delta.Data, null, tokens, first, count, constant: 0, delta + start);
            if (convolved is null)
            {
                Fill(sigma + start, count, tokens.Length, 1);
            }
            else
            {
                Collect<Sigmoid>(convolved.P.Data, null, tokens, first, count, constant: 0, sigma + start);
            }

            if (gate?.Z is { } z)
            {
                Collect<Gate>(z.Data, request.RowWeights, tokens, first, count, gate.Scale, rows + start);
            }
            else if (request.RowWeights is { } left)
            {
                Collect<Scaled>(left, null, tokens, first, count, constant, rows + start);
            }
            else
            {
                Fill(rows + start, count, tokens.Length, constant);
            }

            if (request.ColumnWeights is { } right)
            {
                Collect<Self>(right, null, tokens, first, count, constant: 0, columns + start);
            }
            else
            {
                Fill(columns + start, count, tokens.Length, 1);
            }
        }
    }

    /// <summary>The series of channel first + index, with its A and convolution in the given memory.</summary>
    public ChannelSeries Series(int first, int index, float* a, float* conv)
    {
        var (N, channel) = (direction.B.Data.Width, first + index);
        for (var n = 0; n < N; n++)
        {
            a[n] = -MathF.Exp(direction.ALog.Values<float>()[(channel * N) + n]) * VectorMath<Width1, float>.Log2E;
        }

        // The scan alone has no convolution: one tap of 1.
        ReadOnlySpan<float> taps = IsWholeMixer && convolution is { Taps: var all }
            ? all.Values<float>().AsSpan(channel * all.Columns, all.Columns)
            : [1];
        taps.CopyTo(new Span<float>(conv, taps.Length));
        return new()
        {
            Length = layer.X.Data.Length,
            StateSize = N,
            Stride = stride,
            Taps = taps.Length,
            Skip = IsWholeMixer ? direction.D.Values<float>()[channel] : 0,
            A = a,
            B = b,
            C = c,
            Conv = conv,
            Delta = delta + (index * stride),
            Sigma = sigma + (index * stride),
            Rows = rows + (index * stride),
            Columns = columns + (index * stride),
        };
    }

    private void Fill(float* to, int count, int steps, float value)
    {
        for (var i = 0; i < count; i++)
        {
            new Span<float>(to + (i * stride), steps).Fill(value);
        }
    }

    // f of the channels at some steps, turned round into series.
    private void Collect<TFunction>(
        Activation<float> from, Activation<float>? times, ReadOnlySpan<int> tokens, int first, int count, float constant, float* to)
        where TFunction : struct, IFactor
    {
        for (var t = 0; t < tokens.Length; t++)
        {
            var source = from.Row(item, tokens[t]).Slice(first, count);
            var weights = times is { } factors ? factors.Row(item, tokens[t]).Slice(first, count) : default;
            Line<TFunction>(ref source[0], ref MemoryMarshal.GetReference(weights), count, constant, lines + (t * Width));
        }

        Turn(lines, tokens.Length, count, to, stride);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Line<TFunction>(ref float from, ref float times, int count, float constant, float* to)
        where TFunction : struct, IFactor
    {
        for (var i = 0; i < count; i += TWidth.Lanes)
        {
            var rest = count - i;
            var x = rest >= TWidth.Lanes ? TWidth.Load(ref from, (nuint)i) : TWidth.LoadFirst(ref Unsafe.Add(ref from, i), rest);
            var value = TFunction.Of(x, TWidth.Create(constant));
            if (!Unsafe.IsNullRef(ref times))
            {
                value = TWidth.Multiply(
                    value, rest >= TWidth.Lanes ? TWidth.Load(ref times, (nuint)i) : TWidth.LoadFirst(ref Unsafe.Add(ref times, i), rest));
            }

            TWidth.Store(value, ref *to, (nuint)i);
        }
    }

    // to[i, t] = from[t, i].
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Turn(float* from, int steps, int count, float* to, int stride)
    {
        for (var i = 0; i < count; i++)
        {
            var source = from + i;
            for (var t = 0; t < steps; t++)
            {
                to[t] = *source;
                source += Width;
            }

            to += stride;
        }
    }

    private interface IFactor
    {
        static abstract TVector Of(TVector x, TVector constant);
    }

    private readonly struct Self : IFactor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of(TVector x, TVector constant) => x;
    }

    private readonly struct Scaled : IFactor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of(TVector x, TVector constant) => TWidth.Multiply(x, constant);
    }

    // What SiLU multiplies its input with.
    private readonly struct Sigmoid : IFactor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of(TVector x, TVector constant) => VectorMath<TWidth, TVector>.Sigmoid(x);
    }

    // scale silu(z).
    private readonly struct Gate : IFactor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of(TVector x, TVector constant)
            => TWidth.Multiply(TWidth.Multiply(constant, x), VectorMath<TWidth, TVector>.Sigmoid(x));
    }
}
