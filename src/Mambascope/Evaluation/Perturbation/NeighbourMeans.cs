using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// The linear system of ROAD: every unknown pixel is the weighted mean of its neighbours. Symmetric and positive definite as long as one
/// pixel is known, so conjugate gradients (Hestenes and Stiefel 1952) solve it. They start from the solution of the same system at half
/// the size, enlarged (cascadic multigrid; Bornemann and Deuflhard 1996): what they would be slow at, the smooth part, is right already.
/// </summary>
/// <remarks>
/// Planes are kept with a border of one place on each side, (height + 2, width + 2), and read as one long run: a neighbour is a fixed
/// distance away and there are no row ends. <c>unknown</c> is 1 on unknown pixels and 0 elsewhere, on the border too, and multiplies
/// every product, so that what is computed at known places and on the border is thrown away. One thread, sums in fixed order.
/// </remarks>
internal sealed class NeighbourMeans : IDisposable
{
    private const float Side = 1f / 6;
    private const float Diagonal = 1f / 12;
    private const int Planes = 6;

    // Below this side conjugate gradients alone are as quick.
    private const int SmallestHalved = 8;

    private readonly int height;
    private readonly int width;
    private readonly int stride;
    private readonly int size;
    private readonly int count;
    private readonly float[] buffer;
    private readonly NeighbourMeans? coarser;
    private readonly float[]? coarsePlane;

    /// <summary>Sets the system up.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="removed">The unknown pixels, fewer than there are.</param>
    public NeighbourMeans(int height, int width, ReadOnlySpan<int> removed)
    {
        Debug.Assert(removed.Length < height * width, "nothing is known");
        (this.height, this.width, stride) = (height, width, width + 2);

        // Room behind the last place, so that the last register may be read whole; distances to neighbours stay inside as well.
        count = (height + 2) * stride;
        size = count + stride + Vector<float>.Count;
        buffer = ArrayPool<float>.Shared.Rent(Planes * size);
        buffer.AsSpan(0, Planes * size).Clear();
        foreach (var pixel in removed)
        {
            Unknown[Place(pixel)] = 1;
        }

        // s = the stencil of ones inside the picture.
        var inside = X;
        for (var y = 1; y <= height; y++)
        {
            inside.Slice((y * stride) + 1, width).Fill(1);
        }

        for (var i = stride + 1; i < count - stride - 1; i++)
        {
            Weights[i] = Unknown[i] * ((Side * (inside[i - 1] + inside[i + 1] + inside[i - stride] + inside[i + stride]))
                + (Diagonal * (inside[i - stride - 1] + inside[i - stride + 1] + inside[i + stride - 1] + inside[i + stride + 1])));
        }

        if (Math.Min(height, width) >= SmallestHalved)
        {
            var hidden = HiddenBlocks();
            coarsePlane = new float[CoarseHeight * CoarseWidth];
            coarser = hidden.Length == 0 ? null : new(CoarseHeight, CoarseWidth, hidden);
        }
    }

    private int CoarseHeight => (height + 1) / 2;

    private int CoarseWidth => (width + 1) / 2;

    private Span<float> Unknown => Plane(0);

    private Span<float> Weights => Plane(1);

    private Span<float> X => Plane(2);

    private Span<float> R => Plane(3);

    private Span<float> P => Plane(4);

    private Span<float> Q => Plane(5);

    /// <summary>Overwrites the unknown pixels of a plane (height, width).</summary>
    /// <returns>Iterations taken.</returns>
    public int Solve(Span<float> plane, double tolerance)
    {
        var unknown = Unknown;
        var x = X;
        var r = R;
        var p = P;
        var q = Q;

        // b = stencil of the known pixels: Apply gives weights·v - stencil(v), and v is 0 where weights count.
        p.Clear();
        for (var y = 0; y < height; y++)
        {
            plane.Slice(y * width, width).CopyTo(p[(((y + 1) * stride) + 1)..]);
        }

        for (var i = 0; i < count; i++)
        {
            p[i] *= 1 - unknown[i];
        }

        Apply(p, q);
        var scale = 0.0;
        for (var i = 0; i < count; i++)
        {
            scale += (double)q[i] * q[i];
        }

        q.CopyTo(r); // -b
        Guess(plane, tolerance);
        x.Clear();
        for (var y = 0; y < height; y++)
        {
            plane.Slice(y * width, width).CopyTo(x[(((y + 1) * stride) + 1)..]);
        }

        for (var i = 0; i < count; i++)
        {
            x[i] *= unknown[i];
        }

        Apply(x, q);
        var rr = 0.0;
        for (var i = 0; i < count; i++)
        {
            r[i] = -r[i] - q[i];
            p[i] = r[i];
            rr += (double)r[i] * r[i];
        }

        // Convergence needs a number of steps of the order of the picture's sides; beyond the limit only rounding is left.
        var limit = 20 * (height + width);
        var stop = tolerance * tolerance * scale;
        var iterations = 0;
        for (; rr > stop && iterations < limit; iterations++)
        {
            var step = rr / Apply(p, q);
            var next = Advance((float)step, p, q, x, r);
            Turn((float)(next / rr), r, p);
            rr = next;
        }

        for (var y = 0; y < height; y++)
        {
            var row = plane.Slice(y * width, width);
            var at = ((y + 1) * stride) + 1;
            for (var i = 0; i < width; i++)
            {
                row[i] = unknown[at + i] != 0 ? x[at + i] : row[i];
            }
        }

        return iterations;
    }

    /// <summary>Gives the planes back.</summary>
    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(buffer);
        coarser?.Dispose();
    }

    // Blocks of 2 x 2 pixels of which none is known.
    private int[] HiddenBlocks()
    {
        var hidden = new List<int>();
        for (var block = 0; block < CoarseHeight * CoarseWidth; block++)
        {
            if (!Average(default, block, out _))
            {
                hidden.Add(block);
            }
        }

        return [.. hidden];
    }

    // The mean of the known pixels of a block; false where there are none. Without a plane only the question is answered.
    private bool Average(ReadOnlySpan<float> plane, int block, out float average)
    {
        var (top, left) = (block / CoarseWidth * 2, block % CoarseWidth * 2);
        var (sum, known) = (0f, 0);
        for (var y = top; y < Math.Min(top + 2, height); y++)
        {
            for (var x = left; x < Math.Min(left + 2, width); x++)
            {
                if (Unknown[((y + 1) * stride) + x + 1] == 0)
                {
                    sum += plane.IsEmpty ? 0 : plane[(y * width) + x];
                    known++;
                }
            }
        }

        average = known > 0 ? sum / known : 0;
        return known > 0;
    }

    // Puts a first guess on the unknown pixels.
    private void Guess(Span<float> plane, double tolerance)
    {
        if (coarsePlane is null)
        {
            FillWithMean(plane);
            return;
        }

        for (var block = 0; block < coarsePlane.Length; block++)
        {
            Average(plane, block, out coarsePlane[block]);
        }

        coarser?.Solve(coarsePlane, tolerance);
        for (var y = 0; y < height; y++)
        {
            var (above, below) = Blocks(y, CoarseHeight);
            for (var x = 0; x < width; x++)
            {
                if (Unknown[((y + 1) * stride) + x + 1] != 0)
                {
                    var (left, right) = Blocks(x, CoarseWidth);
                    var upper = (0.75f * coarsePlane[(above * CoarseWidth) + left]) + (0.25f * coarsePlane[(above * CoarseWidth) + right]);
                    var lower = (0.75f * coarsePlane[(below * CoarseWidth) + left]) + (0.25f * coarsePlane[(below * CoarseWidth) + right]);
                    plane[(y * width) + x] = (0.75f * upper) + (0.25f * lower);
                }
            }
        }

        // The block of a pixel, and the neighbouring one whose centre is nearer: a quarter of the way for a bilinear enlargement by two.
        static (int Own, int Next) Blocks(int at, int count) => (at / 2, Math.Clamp((at / 2) + (at % 2 == 0 ? -1 : 1), 0, count - 1));
    }

    private void FillWithMean(Span<float> plane)
    {
        var (sum, known) = (0.0, 0);
        for (var pixel = 0; pixel < plane.Length; pixel++)
        {
            var isKnown = Unknown[Place(pixel)] == 0;
            sum += isKnown ? plane[pixel] : 0;
            known += isKnown ? 1 : 0;
        }

        for (var pixel = 0; pixel < plane.Length; pixel++)
        {
            plane[pixel] = Unknown[Place(pixel)] == 0 ? plane[pixel] : (float)(sum / known);
        }
    }

    private Span<float> Plane(int index) => buffer.AsSpan(index * size, size);

    private int Place(int pixel) => ((pixel / width) + 1) * stride + (pixel % width) + 1;

    // result = unknown ⊙ (weights ⊙ v - stencil(v)); returns v · result.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private double Apply(Span<float> v, Span<float> result)
    {
        ref var at = ref MemoryMarshal.GetReference(v);
        ref var to = ref MemoryMarshal.GetReference(result);
        ref var mask = ref MemoryMarshal.GetReference(Unknown);
        ref var weights = ref MemoryMarshal.GetReference(Weights);
        var (sideWeight, diagonalWeight) = (new Vector<float>(Side), new Vector<float>(Diagonal));
        var product = Vector<float>.Zero;
        for (var i = stride + 1; i < count - stride - 1; i += Vector<float>.Count)
        {
            var above = (nuint)(i - stride);
            var below = (nuint)(i + stride);
            var here = Vector.LoadUnsafe(ref at, (nuint)i);
            var sides =
                Vector.LoadUnsafe(ref at, (nuint)i - 1)
                + Vector.LoadUnsafe(ref at, (nuint)i + 1)
                + Vector.LoadUnsafe(ref at, above)
                + Vector.LoadUnsafe(ref at, below);
            var corners =
                Vector.LoadUnsafe(ref at, above - 1)
                + Vector.LoadUnsafe(ref at, above + 1)
                + Vector.LoadUnsafe(ref at, below - 1)
                + Vector.LoadUnsafe(ref at, below + 1);
            var value =
                Vector.LoadUnsafe(ref mask, (nuint)i)
                * ((Vector.LoadUnsafe(ref weights, (nuint)i) * here) - (sideWeight * sides) - (diagonalWeight * corners));
            value.StoreUnsafe(ref to, (nuint)i);
            product += here * value;
        }

        return Vector.Sum(product);
    }

    // x += step · p, r -= step · q; returns r · r.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private double Advance(float step, Span<float> p, Span<float> q, Span<float> x, Span<float> r)
    {
        ref var p0 = ref MemoryMarshal.GetReference(p);
        ref var q0 = ref MemoryMarshal.GetReference(q);
        ref var x0 = ref MemoryMarshal.GetReference(x);
        ref var r0 = ref MemoryMarshal.GetReference(r);
        var product = Vector<float>.Zero;
        for (var i = (nuint)(stride + 1); i < (nuint)(count - stride - 1); i += (nuint)Vector<float>.Count)
        {
            (Vector.LoadUnsafe(ref x0, i) + (step * Vector.LoadUnsafe(ref p0, i))).StoreUnsafe(ref x0, i);
            var residual = Vector.LoadUnsafe(ref r0, i) - (step * Vector.LoadUnsafe(ref q0, i));
            residual.StoreUnsafe(ref r0, i);
            product += residual * residual;
        }

        return Vector.Sum(product);
    }

    // p = r + turn · p
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Turn(float turn, Span<float> r, Span<float> p)
    {
        ref var p0 = ref MemoryMarshal.GetReference(p);
        ref var r0 = ref MemoryMarshal.GetReference(r);
        for (var i = (nuint)(stride + 1); i < (nuint)(count - stride - 1); i += (nuint)Vector<float>.Count)
        {
            (Vector.LoadUnsafe(ref r0, i) + (turn * Vector.LoadUnsafe(ref p0, i))).StoreUnsafe(ref p0, i);
        }
    }
}
