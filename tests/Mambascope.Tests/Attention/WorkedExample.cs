using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Tests.Attention;

/// <summary>A layer of four tokens, two channels and two states with prescribed values, small enough to follow by hand.</summary>
internal static class WorkedExample
{
    public static ScanMixerTrace<double> Layer()
    {
        var x = Columns([1, 2, -1, 0.5], [0.5, -0.5, 1.5, 1]);
        var z = Columns([0.3, -0.7, 1.2, 0.4], [-1, 0.5, 0.1, 2]);
        var delta = Columns([0.5, 0.1, 1.0, 0.2], [0.3, 0.7, 0.2, 0.4]);
        var b = Activation<double>.Of([1, -0.5, 0.5, 1, -1, 0.25, 2, 0], 1, 4, 2);
        var c = Activation<double>.Of([0.5, 0.5, 1, -1, 0.25, 2, -0.5, 1.5], 1, 4, 2);
        var aLog = new Weight("A_log", [MathF.Log(1), MathF.Log(2), MathF.Log(0.5f), MathF.Log(1.5f)], 2, 2);
        var conv = new Weight("conv", [0.1f, 0.2f, 0.3f, 0.4f, -0.2f, 0.1f, 0, 0.5f], 2, 1, 4);
        var bias = new Weight("bias", [0.05f, -0.1f], 2);
        var skip = new Weight("D", [0.1f, -0.2f], 2);
        var order = ScanOrder.Forward(4);

        using var workers = new Workers(1);
        var p = Activation<double>.Zeros(1, 4, 2);
        CausalConv1d.Forward(workers, x, conv, bias, order, p);
        var u = Activation<double>.Zeros(1, 4, 2);
        Silu.Forward(workers, p, u);
        var y = Activation<double>.Zeros(1, 4, 2);
        SelectiveScan.Forward(workers, new ScanInputs<double>(u, delta, aLog, b, c, order), y);
        var skipped = Activation<double>.Zeros(1, 4, 2);
        SkipConnection.Forward(workers, y, u, skip, skipped);
        var gated = Activation<double>.Zeros(1, 4, 2);
        for (var i = 0; i < gated.Count; i++)
        {
            var gate = z.Buffer[i] / (1 + Math.Exp(-z.Buffer[i]));
            gated.Buffer[i] = skipped.Buffer[i] * gate;
        }

        var index = 0;
        Value<double> Value(Activation<double> data) => new(index++, data);
        var scan = new ScanTrace<double>(
            order, new CausalConvolution<double>(conv, bias, Value(p)), aLog, skip, Value(u), Value(delta), Value(b), Value(c), Value(y));
        return new(Value(x), [scan], new(Scale: 1, Value(z), Norm: null), Value(skipped), Value(gated), Value(gated));
    }

    private static Activation<double> Columns(double[] first, double[] second)
        => Activation<double>.Of([.. first.Zip(second).SelectMany(pair => new[] { pair.First, pair.Second })], 1, 4, 2);
}
