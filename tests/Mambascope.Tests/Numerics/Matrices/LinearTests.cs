using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class LinearTests
{
    public static TheoryData<int> AllWidths => Widths.All;

    public static TheoryData<int, int, int> Shapes
        => new()
        {
            { 1, 1, 1 },
            { 1, 7, 5 },
            { 1, 300, 70 },
            { 2, 16, 16 },
            { 5, 4, 192 },
            { 7, 33, 20 },
            { 12, 32, 32 },
            { 13, 257, 33 },
            { 24, 511, 48 },
            { 36, 192, 36 },
            { 97, 96, 384 },
            { 197, 64, 56 },
            { 200, 24, 40 },
            { 6, 260, 40 },
            { 500, 4, 19 },
            { 401, 513, 65 },
        };

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Product_of_every_width_equals_the_plain_product(int lanes) => Widths.Run(lanes, new ProductCheck());

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Float_layer_equals_the_double_layer_and_does_not_depend_on_threads(int rows, int inputs, int outputs)
    {
        var samples = new Samples((rows * 7919) + (inputs * 31) + outputs);
        var w = samples.Weight(outputs, inputs);
        var bias = samples.Weight(outputs);
        var x = samples.Activation(1, rows, inputs, gap: 3);
        var dy = samples.Activation(1, rows, outputs, gap: 1);
        var dx0 = samples.Activation(1, rows, inputs, gap: 2);
        var dw0 = samples.Values(outputs * inputs);
        var db0 = samples.Values(outputs);

        using var one = new Workers(1);
        var y = Activation<double>.Zeros(1, rows, outputs);
        Linear.ForwardPlain(one, Samples.Widen(x), w, bias, y);
        var yWithoutBias = Activation<double>.Zeros(1, rows, outputs);
        Linear.ForwardPlain(one, Samples.Widen(x), w, bias: null, yWithoutBias);
        var dx = Samples.Widen(dx0);
        Linear.BackwardInputPlain(one, Samples.Widen(dy), w, dx, accumulate: true);
        var dw = Array.ConvertAll(dw0, v => (double)v);
        Linear.BackwardWeight(one, Samples.Widen(dy), Samples.Widen(x), dw);
        var db = Array.ConvertAll(db0, v => (double)v);
        Linear.BackwardBias(one, Samples.Widen(dy), db);

        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(threads);
            var yFound = samples.Activation(1, rows, outputs, gap: 5);
            Linear.Forward(workers, x, w, bias, yFound);
            Samples.Close(y, yFound, 2e-6, "forward");
            var yFoundWithoutBias = samples.Activation(1, rows, outputs);
            Linear.Forward(workers, x, w, bias: null, yFoundWithoutBias);
            Samples.Close(yWithoutBias, yFoundWithoutBias, 2e-6, "forward without bias");
            var dxFound = Samples.Copy(dx0);
            Linear.BackwardInput(workers, dy, w, dxFound, accumulate: true);
            Samples.Close(dx, dxFound, 2e-6, "input gradient");
            float[] dwFound = [.. dw0];
            Linear.BackwardWeight(workers, dy, x, dwFound);
            Samples.Close(dw, dwFound, 2e-6, "weight gradient");
            float[] dbFound = [.. db0];
            Linear.BackwardBias(workers, dy, dbFound);
            Samples.Close(db, dbFound, 2e-6, "bias gradient");

            float[] all = [.. yFound.ToArray(), .. yFoundWithoutBias.ToArray(), .. dxFound.ToArray(), .. dwFound, .. dbFound];
            first ??= all;
            Assert.Equal(first, all);
        }
    }

    [Fact]
    public void Changed_weights_are_packed_again()
    {
        var samples = new Samples(5);
        var w = samples.Weight(40, 30);
        var x = samples.Activation(1, 20, 30);
        var y = samples.Activation(1, 20, 40);
        using var one = new Workers(1);
        Linear.Forward(one, x, w, bias: null, y);
        Array.Clear(w.Values<float>());
        w.Changed();
        Linear.Forward(one, x, w, bias: null, y);
        Assert.All(y.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Plain_gradients_equal_finite_differences()
    {
        var samples = new Samples(11);
        using var one = new Workers(1);
        var (rows, inputs, outputs) = (5, 4, 3);
        var bias = samples.Weight(outputs);
        var w = samples.Weight(outputs, inputs);
        var x = Samples.Widen(samples.Activation(1, rows, inputs));
        var dy = Samples.Widen(samples.Activation(1, rows, outputs));

        var dx = Activation<double>.Zeros(1, rows, inputs);
        Linear.BackwardInputPlain(one, dy, w, dx, accumulate: false);
        FiniteDifferences.Check("dx", x.Buffer, dx.Buffer, () => Loss(w, bias));

        var dw = new double[outputs * inputs];
        Linear.BackwardWeightPlain(one, dy, x, dw);
        FiniteDifferences.Check("dw", w.Values<float>(), dw, () => Loss(w, bias));

        var db = new double[outputs];
        Linear.BackwardBiasPlain(dy, db);
        FiniteDifferences.Check("db", bias.Values<float>(), db, () => Loss(w, bias));

        double Loss(Weight weight, Weight offset)
        {
            var y = Activation<double>.Zeros(1, rows, outputs);
            Linear.ForwardPlain(one, x, weight, offset, y);
            return FiniteDifferences.Dot(dy.Buffer, y.Buffer);
        }
    }

    private readonly struct ProductCheck : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var samples = new Samples(3);
            for (var trial = 0; trial < 60; trial++)
            {
                var (M, N, K) = (samples.Between(1, 60), samples.Between(1, 90), samples.Between(0, 20) * samples.Between(1, 30));
                using var workers = new Workers(samples.Between(1, 3));
                var a = View(samples, M, K, transposed: samples.Between(0, 1) == 1);
                var b = View(samples, K, N, transposed: samples.Between(0, 1) == 1);
                var accumulate = samples.Between(0, 1) == 1;
                var bias = accumulate || samples.Between(0, 1) == 1 ? null : samples.Values(N);
                var c = samples.Activation(1, M, N, gap: samples.Between(0, 4));
                var fromPacked = Samples.Copy(c);
                var expected = Product(a, b, bias, c, accumulate);

                var packed = PackedMatrix.Of(b, 2 * TWidth.Lanes);
                GemmProduct<TWidth, TVector>.Run(workers, a, default, packed, bias, MatrixView.Of(fromPacked), accumulate);
                Samples.Close(expected, fromPacked, 2e-6, $"{M} x {K} x {N} packed");
                if (bias is null)
                {
                    GemmProduct<TWidth, TVector>.Run(workers, a, b, packed: null, bias: null, MatrixView.Of(c), accumulate);
                    Samples.Close(expected, c, 2e-6, $"{M} x {K} x {N}");
                }
            }
        }

        private static MatrixView View(Samples samples, int rows, int columns, bool transposed)
        {
            var gap = samples.Between(0, 3);
            return transposed
                ? new MatrixView(samples.Values((columns * (rows + gap)) + 1), 1, columns, rows, rows + gap).Transposed
                : new MatrixView(samples.Values((rows * (columns + gap)) + 1), 1, rows, columns, columns + gap);
        }

        private static Activation<double> Product(MatrixView a, MatrixView b, float[]? bias, Activation<float> c, bool accumulate)
        {
            var result = Samples.Widen(c);
            for (var i = 0; i < c.Rows; i++)
            {
                for (var j = 0; j < c.Width; j++)
                {
                    var sum = accumulate ? result.Row(i)[j] : bias?[j] ?? 0.0;
                    for (var k = 0; k < a.Columns; k++)
                    {
                        sum +=
                            (double)a.Buffer[a.Offset + (i * a.RowStep) + (k * a.ColumnStep)]
                            * b.Buffer[b.Offset + (k * b.RowStep) + (j * b.ColumnStep)];
                    }

                    result.Row(i)[j] = sum;
                }
            }

            return result;
        }
    }
}
