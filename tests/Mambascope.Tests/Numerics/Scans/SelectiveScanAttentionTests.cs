using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>The products with hidden attention against the matrix itself, built entry by entry from its definition in double.</summary>
public sealed class SelectiveScanAttentionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 1, 1, 1, 0)]
    [InlineData(2, 13, 5, 3, 1)]
    [InlineData(2, 40, 37, 16, 2)]
    [InlineData(1, 131, 17, 8, 1)]
    [InlineData(3, 70, 66, 17, 2)]
    public void Scans_are_products_with_alpha(int batch, int L, int E, int N, int orderKind)
    {
        using var workers = new Workers(2);
        var order = orderKind switch { 0 => ScanOrder.Forward(L), 1 => ScanOrder.Reverse(L), _ => SelectiveScanCase.Shuffled(4, L) };
        var scan = new SelectiveScanCase(20 + L, batch, L, E, N, order);
        var alpha = Enumerable.Range(0, batch).Select(item => Alpha(scan.Doubles, item)).ToArray();

        var y = Activation<double>.Zeros(batch, L, E);
        SelectiveScan.Forward(workers, scan.Doubles, y);
        Check("y = alpha u (double)", Product(alpha, scan.Doubles.U, fromLeft: false), y.Buffer, 1e-12);
        var single = SelectiveScanCase.Strided(batch, L, E);
        SelectiveScan.Forward(workers, scan.Inputs, single);
        Check("y = alpha u", Product(alpha, scan.Doubles.U, fromLeft: false), Widen(single), 3e-6);

        // A weight per channel, then one weight for all channels.
        Adjoint(scan.GyDoubles, scan.Gy);
        Adjoint(SelectiveScanCase.Widen(scan.Gy.Columns(E / 2, 1)), scan.Gy.Columns(E / 2, 1));

        foreach (var token in (int[])[0, L / 2, L - 1])
        {
            var item = batch - 1;
            var expected = new double[L * E];
            for (var e = 0; e < E; e++)
            {
                for (var j = 0; j < L; j++)
                {
                    expected[(j * E) + e] = alpha[item][e][token, j];
                }
            }

            var plain = Activation<double>.Zeros(1, L, E);
            HiddenAttentionScan.Row(workers, scan.Doubles, item, token, plain);
            Check($"row {token} (double)", expected, plain.Buffer, 1e-12);
            var row = Activation<float>.Of([.. Enumerable.Repeat(float.NaN, L * (E + 3))], 1, L, E + 3).Columns(1, E);
            HiddenAttentionScan.Row(workers, scan.Inputs, item, token, row);
            Check($"row {token}", expected, Widen(row), 3e-6);
            for (var j = 0; j < L; j++)
            {
                if (order.Tokens.IndexOf(j) > order.Tokens.IndexOf(token))
                {
                    Assert.All(row.Row(j).ToArray(), v => Assert.Equal(0, v));
                }
            }
        }

        void Adjoint(Activation<double> v, Activation<float> singleV)
        {
            var expected = Product(alpha, v, fromLeft: true);
            var plain = Activation<double>.Zeros(batch, L, E);
            HiddenAttentionScan.Adjoint(workers, scan.Doubles, v, plain);
            Check($"v alpha, v {v} (double)", expected, plain.Buffer, 1e-12);
            foreach (var lanes in (int[])[0, 16, 8, 4, 1])
            {
                var w = SelectiveScanCase.Strided(batch, L, E);
                Run(lanes, workers, scan.Inputs, singleV, w);
                Check($"v alpha, v {v}, {lanes} lanes", expected, Widen(w), 3e-6);
            }
        }
    }

    [Fact]
    public void Rows_and_tokens_outside_are_refused()
    {
        using var workers = new Workers(1);
        var scan = new SelectiveScanCase(30, 2, 4, 3, 2);
        var row = SelectiveScanCase.Strided(1, 4, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => HiddenAttentionScan.Row(workers, scan.Inputs, 2, 0, row));
        Assert.Throws<ArgumentOutOfRangeException>(() => HiddenAttentionScan.Row(workers, scan.Inputs, 0, 4, row));
    }

    [Fact]
    public void Fast_decays_underflow_to_zero_and_not_to_nan()
    {
        using var workers = new Workers(1);
        var scan = new SelectiveScanCase(
            31, 1, 100, 20, 16, delta: r => Math.Pow(10, (r.NextDouble() * 4) - 2), rate: r => 1 + (r.NextDouble() * 20));
        var expected = Activation<double>.Zeros(1, 100, 20);
        var found = SelectiveScanCase.Strided(1, 100, 20);
        HiddenAttentionScan.Row(workers, scan.Doubles, 0, 99, expected);
        HiddenAttentionScan.Row(workers, scan.Inputs, 0, 99, found);
        Check("row", expected.Buffer, Widen(found), 3e-6);
    }

    // alpha[e][i, j] in token coordinates by its definition, with the sum of Delta taken afresh for every pair.
    private static double[][,] Alpha(ScanInputs<double> scan, int item)
    {
        var (L, E, N) = (scan.Delta.Length, scan.Delta.Width, scan.B.Width);
        var tokens = scan.Order.Tokens;
        var alpha = new double[E][,];
        for (var e = 0; e < E; e++)
        {
            alpha[e] = new double[L, L];
            for (var i = 0; i < L; i++)
            {
                var path = 0.0; // sum of Delta over j+1..i
                for (var j = i; j >= 0; j--)
                {
                    var (to, from) = (tokens[i], tokens[j]);
                    for (var n = 0; n < N; n++)
                    {
                        alpha[e][to, from] += scan.C.Row(item, to)[n] * scan.B.Row(item, from)[n] * scan.Delta.Row(item, from)[e]
                            * Math.Exp(-Math.Exp(scan.ALog.Values<float>()[(e * N) + n]) * path);
                    }

                    path += scan.Delta.Row(item, from)[e];
                }
            }
        }

        return alpha;
    }

    private static double[] Product(double[][][,] alpha, Activation<double> vector, bool fromLeft)
    {
        var (L, E) = (vector.Length, alpha[0].Length);
        var product = new double[vector.Batch * L * E];
        for (var item = 0; item < vector.Batch; item++)
        {
            for (var i = 0; i < L; i++)
            {
                for (var j = 0; j < L; j++)
                {
                    for (var e = 0; e < E; e++)
                    {
                        product[(((item * L) + i) * E) + e] +=
                            vector.Row(item, j)[vector.Width == 1 ? 0 : e] * (fromLeft ? alpha[item][e][j, i] : alpha[item][e][i, j]);
                    }
                }
            }
        }

        return product;
    }

    // Registers of so many lanes, or 0 for what the machine chooses.
    private static void Run(int lanes, Workers workers, ScanInputs<float> inputs, Activation<float> v, Activation<float> w)
    {
        if (lanes == 0)
        {
            HiddenAttentionScan.Adjoint(workers, inputs, v, w);
        }
        else
        {
            Widths.Run(lanes, new HiddenAttentionScan.AdjointKernel(workers, inputs, v, w, inputs.Order.Length - 1));
        }
    }

    private static double[] Widen(Activation<float> values) => Array.ConvertAll(values.ToArray(), v => (double)v);

    private void Check(string what, double[] truth, double[] found, double tolerance)
    {
        var scale = Math.Max(1e-30, truth.Max(Math.Abs));
        var error = truth.Zip(found, (a, b) => double.IsFinite(b) ? Math.Abs(a - b) / scale : double.PositiveInfinity).Max();
        output.WriteLine($"{what}: {error:e2}");
        Assert.True(error < tolerance, $"{what}: error {error:e2} of the largest value, allowed {tolerance:e0}");
    }
}
