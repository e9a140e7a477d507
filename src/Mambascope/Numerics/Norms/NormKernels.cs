using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// What <see cref="RmsNorm"/> and <see cref="LayerNorm"/> share: the mean of a row (zero for the former) and the scale
/// r = 1 / sqrt(mean((x - mean)²) + epsilon). A row is read from memory once and from the first-level cache after that. The last
/// values that fill no register are taken one by one.
/// </summary>
internal static unsafe class NormStatistics<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static (float Mean, float Scale) Of(float* x, int count, float epsilon, bool centre)
    {
        var mean = centre ? Sum(x, count) / count : 0;
        TVector shift = TWidth.Create(mean), s0 = TWidth.Zero, s1 = TWidth.Zero;
        var i = 0;
        for (; i + (2 * TWidth.Lanes) <= count; i += 2 * TWidth.Lanes)
        {
            var d0 = TWidth.Subtract(TWidth.Load(ref x[i], 0), shift);
            var d1 = TWidth.Subtract(TWidth.Load(ref x[i], (nuint)TWidth.Lanes), shift);
            s0 = TWidth.MultiplyAdd(d0, d0, s0);
            s1 = TWidth.MultiplyAdd(d1, d1, s1);
        }

        var squares = TWidth.Sum(TWidth.Add(s0, s1));
        for (; i < count; i++)
        {
            squares += (x[i] - mean) * (x[i] - mean);
        }

        return (mean, 1 / MathF.Sqrt((squares / count) + epsilon));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Sum(float* x, int count)
    {
        TVector s0 = TWidth.Zero, s1 = TWidth.Zero;
        var i = 0;
        for (; i + (2 * TWidth.Lanes) <= count; i += 2 * TWidth.Lanes)
        {
            s0 = TWidth.Add(s0, TWidth.Load(ref x[i], 0));
            s1 = TWidth.Add(s1, TWidth.Load(ref x[i], (nuint)TWidth.Lanes));
        }

        var sum = TWidth.Sum(TWidth.Add(s0, s1));
        for (; i < count; i++)
        {
            sum += x[i];
        }

        return sum;
    }
}

/// <summary>y = w (x - mean) r + b; without <paramref name="Centre"/> the mean is taken as zero.</summary>
internal readonly record struct NormForwardKernel(
    Workers Workers, Activation<float> X, float[] W, float[]? Bias, float Epsilon, Activation<float> Y, bool Centre) : IWidthKernel
{
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        RowBlocks.For(Workers, X.Rows, X.Width, (first, last) => own.Rows<TWidth, TVector>(first, last));
    }

    private unsafe void Rows<TWidth, TVector>(int first, int last)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        fixed (float* x = X.Buffer, w = W, bias = Bias, y = Y.Buffer)
        {
            for (var row = first; row < last; row++)
            {
                var from = x + X.Offset + ((nint)row * X.RowStride);
                var (mean, r) = NormStatistics<TWidth, TVector>.Of(from, X.Width, Epsilon, Centre);
                Line<TWidth, TVector>(from, w, bias, y + Y.Offset + ((nint)row * Y.RowStride), X.Width, mean, r);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Line<TWidth, TVector>(float* x, float* w, float* bias, float* y, int count, float mean, float r)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector shift = TWidth.Create(mean), scale = TWidth.Create(r);
        var i = 0;
        for (; i + TWidth.Lanes <= count; i += TWidth.Lanes)
        {
            var n = TWidth.Multiply(TWidth.Subtract(TWidth.Load(ref x[i], 0), shift), scale);
            TWidth.Store(
                TWidth.MultiplyAdd(n, TWidth.Load(ref w[i], 0), bias is null ? TWidth.Zero : TWidth.Load(ref bias[i], 0)), ref y[i], 0);
        }

        for (; i < count; i++)
        {
            y[i] = ((x[i] - mean) * r * w[i]) + (bias is null ? 0 : bias[i]);
        }
    }
}

/// <summary>
/// dx = r (g - mean(g) - n mean(g n)) with g = w dy; mean(g) only with <paramref name="Centre"/>, the last term not with
/// <paramref name="HoldScale"/>.
/// </summary>
internal readonly record struct NormBackwardKernel(
    Workers Workers,
    Activation<float> X,
    float[] W,
    float Epsilon,
    Activation<float> DY,
    Activation<float> DX,
    bool Accumulate,
    bool HoldScale,
    bool Centre) : IWidthKernel
{
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        RowBlocks.For(Workers, X.Rows, X.Width, (first, last) => own.Rows<TWidth, TVector>(first, last));
    }

    private unsafe void Rows<TWidth, TVector>(int first, int last)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        fixed (float* x = X.Buffer, w = W, dy = DY.Buffer, dx = DX.Buffer)
        {
            for (var row = first; row < last; row++)
            {
                Line<TWidth, TVector>(
                    x + X.Offset + ((nint)row * X.RowStride), w, dy + DY.Offset + ((nint)row * DY.RowStride),
                    dx + DX.Offset + ((nint)row * DX.RowStride), X.Width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private unsafe void Line<TWidth, TVector>(float* x, float* w, float* dy, float* dx, int count)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var (mean, r) = NormStatistics<TWidth, TVector>.Of(x, count, Epsilon, Centre);
        TVector shift = TWidth.Create(mean), sumG = TWidth.Zero, sumGX = TWidth.Zero;
        var i = 0;
        for (; i + TWidth.Lanes <= count; i += TWidth.Lanes)
        {
            var g = TWidth.Multiply(TWidth.Load(ref w[i], 0), TWidth.Load(ref dy[i], 0));
            sumG = TWidth.Add(sumG, g);
            sumGX = TWidth.MultiplyAdd(g, TWidth.Subtract(TWidth.Load(ref x[i], 0), shift), sumGX);
        }

        float meanG = TWidth.Sum(sumG), meanGX = TWidth.Sum(sumGX);
        for (; i < count; i++)
        {
            meanG += w[i] * dy[i];
            meanGX += w[i] * dy[i] * (x[i] - mean);
        }

        // n mean(g n) = (x - mean) r² mean(g (x - mean)).
        meanG = Centre ? meanG / count : 0;
        var slope = HoldScale ? 0 : meanGX / count * r * r;
        TVector scale = TWidth.Create(r), flat = TWidth.Create(meanG), tilt = TWidth.Create(slope);
        for (i = 0; i + TWidth.Lanes <= count; i += TWidth.Lanes)
        {
            var n = TWidth.Multiply(TWidth.Subtract(TWidth.Load(ref x[i], 0), shift), tilt);
            var g = TWidth.Multiply(TWidth.Load(ref w[i], 0), TWidth.Load(ref dy[i], 0));
            var d = TWidth.Subtract(TWidth.Subtract(g, flat), n);
            TWidth.Store(TWidth.MultiplyAdd(d, scale, Accumulate ? TWidth.Load(ref dx[i], 0) : TWidth.Zero), ref dx[i], 0);
        }

        for (; i < count; i++)
        {
            dx[i] = (((w[i] * dy[i]) - meanG - ((x[i] - mean) * slope)) * r) + (Accumulate ? dx[i] : 0);
        }
    }
}

/// <summary>dw += sum over rows of dy (x - mean) r.</summary>
internal readonly record struct NormWeightKernel(
    Workers Workers, Activation<float> X, float Epsilon, Activation<float> DY, float[] DW, bool Centre) : IWidthKernel
{
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        RowBlocks.Sum(Workers, X.Rows, X.Width, DW.AsSpan(0, X.Width), (first, last, sums, offset) =>
            own.Rows<TWidth, TVector>(first, last, sums, offset));
    }

    private unsafe void Rows<TWidth, TVector>(int first, int last, float[] sums, int offset)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        fixed (float* x = X.Buffer, dy = DY.Buffer, to = sums)
        {
            for (var row = first; row < last; row++)
            {
                var from = x + X.Offset + ((nint)row * X.RowStride);
                var (mean, r) = NormStatistics<TWidth, TVector>.Of(from, X.Width, Epsilon, Centre);
                Line<TWidth, TVector>(from, dy + DY.Offset + ((nint)row * DY.RowStride), to + offset, X.Width, mean, r);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Line<TWidth, TVector>(float* x, float* dy, float* sums, int count, float mean, float r)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector shift = TWidth.Create(mean), scale = TWidth.Create(r);
        var i = 0;
        for (; i + TWidth.Lanes <= count; i += TWidth.Lanes)
        {
            var n = TWidth.Multiply(TWidth.Subtract(TWidth.Load(ref x[i], 0), shift), scale);
            TWidth.Store(TWidth.MultiplyAdd(n, TWidth.Load(ref dy[i], 0), TWidth.Load(ref sums[i], 0)), ref sums[i], 0);
        }

        for (; i < count; i++)
        {
            sums[i] += (x[i] - mean) * r * dy[i];
        }
    }
}
