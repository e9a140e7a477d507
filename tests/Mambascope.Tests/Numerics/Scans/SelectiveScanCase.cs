using Mambascope.Numerics;

namespace Mambascope.Tests.Numerics;

/// <summary>One random scan in float and the same numbers in double, on strided views (as columns of a wider projection).</summary>
internal sealed class SelectiveScanCase
{
    private readonly Random random;

    public SelectiveScanCase(
        int seed, int batch, int L, int E, int N, ScanOrder? order = null, Func<Random, double>? delta = null,
        Func<Random, double>? rate = null)
    {
        random = new Random(seed);
        order ??= ScanOrder.Forward(L);
        var aLog = new float[E * N];
        for (var i = 0; i < aLog.Length; i++)
        {
            aLog[i] = (float)Math.Log(rate is null ? (i % N) + random.NextDouble() + 0.05 : rate(random));
        }

        var weight = new Weight("A_log", aLog, E, N);
        var steps = Fill(batch, L, E, 3, () => delta is null ? Math.Exp((random.NextDouble() * 6) - 5) : delta(random));
        var coefficients = Fill(batch, L, (2 * N) + 5, 0, Normal);
        Inputs = new(Fill(batch, L, E, 7, Normal), steps, weight, coefficients.Columns(2, N), coefficients.Columns(2 + N, N), order);
        Gy = Fill(batch, L, E, 1, Normal);
        Doubles = new(Widen(Inputs.U), Widen(Inputs.Delta), weight, Widen(Inputs.B), Widen(Inputs.C), order);
        GyDoubles = Widen(Gy);
    }

    public ScanInputs<float> Inputs { get; }

    public ScanInputs<double> Doubles { get; }

    public Activation<float> Gy { get; }

    public Activation<double> GyDoubles { get; }

    public int Batch => Inputs.U.Batch;

    public int L => Inputs.U.Length;

    public int E => Inputs.U.Width;

    public int N => Inputs.B.Width;

    public static ScanOrder Shuffled(int seed, int L)
    {
        var tokens = Enumerable.Range(0, L).ToArray();
        new Random(seed).Shuffle(tokens);
        return ScanOrder.Of(tokens);
    }

    public static Activation<double> Widen(Activation<float> values)
        => Activation<double>.Of(Array.ConvertAll(values.ToArray(), v => (double)v), values.Batch, values.Length, values.Width);

    /// <summary>A zeroed view with gaps between its rows.</summary>
    public static Activation<float> Strided(int batch, int L, int width)
        => Activation<float>.Zeros(batch, L, width + 4).Columns(2, width);

    /// <summary>Values outside the view, which nobody may write.</summary>
    public static IEnumerable<float> Gaps(Activation<float> view)
        => view.Buffer.Where((_, i) => (i % view.RowStride) is var column && (column < view.Offset || column >= view.Offset + view.Width));

    /// <summary>Largest difference over the largest value of the truth; infinite where anything is not a number.</summary>
    public static double Error(ReadOnlySpan<float> found, ReadOnlySpan<double> truth)
    {
        var (worst, scale) = (0.0, 1e-30);
        for (var i = 0; i < truth.Length; i++)
        {
            var difference = Math.Abs(found[i] - truth[i]);
            worst = double.IsFinite(difference) ? Math.Max(worst, difference) : double.PositiveInfinity;
            scale = Math.Max(scale, Math.Abs(truth[i]));
        }

        return worst / scale;
    }

    public static double Error(Activation<float> found, Activation<double> truth) => Error(found.ToArray(), truth.ToArray());

    public override string ToString() => $"batch {Batch} L {L} E {E} N {N}";

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A view with gaps between its rows, filled by the function given.</summary>
    public static Activation<float> Fill(int batch, int L, int width, int gap, Func<double> value)
    {
        var view = Activation<float>.Zeros(batch, L, width + gap).Columns(gap / 2, width);
        for (var row = 0; row < view.Rows; row++)
        {
            foreach (ref var v in view.Row(row))
            {
                v = (float)value();
            }
        }

        return view;
    }
}
