using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// Turns a layer's (L, E) activations into series over scan time, one a channel, for <see cref="ChannelMatrixKernel{TWidth, TVector}"/>.
/// Sixteen channels at a time, so that every cache line that is touched is used whole.
/// </summary>
internal readonly unsafe struct SeriesGather
{
    private const int Width = 16;

    private readonly ScanMixerTrace<float> layer;
    private readonly ScanTrace<float> direction;
    private readonly CausalConvolution<float>? convolution;
    private readonly int item;
    private readonly MatrixRequest<float> request;
    private readonly int stateStride;
    private readonly int stride;
    private readonly float* b;
    private readonly float* c;
    private readonly float* delta;
    private readonly float* sigma;
    private readonly float* rows;
    private readonly float* columns;

    /// <summary>Gathers B and C, which all channels share, into zeroed memory of 2 L stateStride + 4 x 16 stride floats.</summary>
    public SeriesGather(
        ScanMixerTrace<float> layer,
        ScanTrace<float> direction,
        int item,
        MatrixRequest<float> request,
        int stateStride,
        int stride,
        float* memory)
    {
        this.layer = layer;
        this.direction = direction;
        convolution = direction.Convolution();
        this.item = item;
        this.request = request;
        this.stateStride = stateStride;
        this.stride = stride;
        var L = layer.X.Data.Length;
        delta = memory;
        sigma = delta + (Width * stride);
        rows = sigma + (Width * stride);
        columns = rows + (Width * stride);
        b = columns + (Width * stride);
        c = b + (L * stateStride);
        for (var t = 0; t < L; t++)
        {
            direction.B.Data.Row(item, direction.Order.Tokens[t]).CopyTo(new Span<float>(b + (t * stateStride), stateStride));
            direction.C.Data.Row(item, direction.Order.Tokens[t]).CopyTo(new Span<float>(c + (t * stateStride), stateStride));
        }
    }

    private bool IsWholeMixer => request.View != AttentionView.S6;

    /// <summary>Gathers the series of channels [first, first + count).</summary>
    public void Gather(int first, int count)
    {
        var tokens = direction.Order.Tokens;
        for (var t = 0; t < tokens.Length; t++)
        {
            var token = tokens[t];
            var deltas = direction.Delta.Data.Row(item, token).Slice(first, count);
            for (var i = 0; i < count; i++)
            {
                delta[(i * stride) + t] = deltas[i];
                rows[(i * stride) + t] = 1;
                columns[(i * stride) + t] = 1;
                sigma[(i * stride) + t] = 1;
            }

            if (IsWholeMixer)
            {
                if (convolution is not null)
                {
                    var p = convolution.P.Data.Row(item, token).Slice(first, count);
                    var u = direction.U.Data.Row(item, token).Slice(first, count);
                    for (var i = 0; i < count; i++)
                    {
                        // u = p sigma(p) is at hand, so sigma costs a division; near p = 0 it is 1/2 + p/4.
                        sigma[(i * stride) + t] = Math.Abs(p[i]) > 1e-3f ? u[i] / p[i] : 0.5f + (0.25f * p[i]);
                    }
                }

                if (request.View == AttentionView.Block)
                {
                    GatherGate(t, token, first, count);
                }
            }

            if (request.RowWeights is { } left)
            {
                var g = left.Row(item, token).Slice(first, count);
                for (var i = 0; i < count; i++)
                {
                    rows[(i * stride) + t] *= g[i];
                }
            }

            if (request.ColumnWeights is { } right)
            {
                var x = right.Row(item, token).Slice(first, count);
                for (var i = 0; i < count; i++)
                {
                    columns[(i * stride) + t] = x[i];
                }
            }
        }
    }

    // scale silu(z), as factors of the rows.
    private void GatherGate(int t, int token, int first, int count)
    {
        var after = layer.After;
        if (after.Z is not { } gate)
        {
            for (var i = 0; i < count; i++)
            {
                rows[(i * stride) + t] = after.Scale;
            }

            return;
        }

        var z = gate.Data.Row(item, token).Slice(first, count);
        for (var i = 0; i < count; i++)
        {
            rows[(i * stride) + t] = after.Scale * z[i] / (1 + MathF.Exp(-z[i]));
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
            StateStride = stateStride,
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
}
