using Mambascope.Numerics;

namespace Mambascope.Tests.Numerics;

/// <summary>One random scan of Mamba-2's kind in float and the same numbers in double, on strided views.</summary>
internal sealed class HeadScanCase
{
    public HeadScanCase(
        int seed, int batch, int L, int H, int P, int N, int groups, ScanOrder? order = null, Func<Random, double>? delta = null)
    {
        var random = new Random(seed);
        order ??= ScanOrder.Forward(L);
        (this.H, E) = (H, H * P);

        // Decays as trained models have them: a from 0.5 to 16.
        var weight = new Weight("A_log", [.. Enumerable.Range(0, H).Select(_ => (float)Math.Log(0.5 + (15.5 * random.NextDouble())))], H);
        var coefficients = SelectiveScanCase.Fill(batch, L, (2 * groups * N) + 5, 0, Normal);
        Inputs = new(
            SelectiveScanCase.Fill(batch, L, E, 7, Normal),
            SelectiveScanCase.Fill(batch, L, H, 3, () => delta is null ? Math.Exp((random.NextDouble() * 6) - 6) : delta(random)),
            weight,
            coefficients.Columns(2, groups * N),
            coefficients.Columns(2 + (groups * N), groups * N),
            order,
            groups);
        Gy = SelectiveScanCase.Fill(batch, L, E, 1, Normal);
        Doubles = new(
            SelectiveScanCase.Widen(Inputs.U),
            SelectiveScanCase.Widen(Inputs.Delta),
            weight,
            SelectiveScanCase.Widen(Inputs.B),
            SelectiveScanCase.Widen(Inputs.C),
            order,
            groups);
        GyDoubles = SelectiveScanCase.Widen(Gy);

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    public ScanInputs<float> Inputs { get; }

    public ScanInputs<double> Doubles { get; }

    public Activation<float> Gy { get; }

    public Activation<double> GyDoubles { get; }

    public int H { get; }

    public int E { get; }

    public int Batch => Inputs.U.Batch;

    public int L => Inputs.U.Length;

    public ScanAdjoints<T> Adjoints<T>(Func<int, int, int, Activation<T>> make)
        where T : unmanaged =>
        new(
            make(Batch, L, E), AccumulateU: false, make(Batch, L, H), make(Batch, L, Inputs.B.Width),
            make(Batch, L, Inputs.B.Width), new T[H]);

    public override string ToString() => $"batch {Batch} L {L} H {H} P {E / H} N {Inputs.B.Width / Inputs.Groups} groups {Inputs.Groups}";
}
