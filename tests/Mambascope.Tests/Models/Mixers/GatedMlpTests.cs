using Mambascope.Autodiff;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models.Mixers;

public sealed class GatedMlpTests
{
    /// <summary>One token of two channels, three inner ones, by hand.</summary>
    [Fact]
    public void The_gate_multiplies_what_goes_up()
    {
        using var workers = new Workers(1);
        using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: false);
        GatedMlp mlp = new(
            new("gate", [1, 0, 0, 1, 1, -1], 3, 2), new("up", [2, 0, 0, 3, 1, 1], 3, 2), new("down", [1, 1, 0, 0, 0, 2], 2, 3));
        var input = tape.Input(Activation<double>.Of([0.5, -1], 1, 1, 2));
        var output = mlp.Forward(tape, new MixerInput<double>(input, new(1, 0), state: null, cuts: [])).Output.Data.Row(0);
        double[] inner = [2 * 0.5 * Silu(0.5), 3 * -1 * Silu(-1), (0.5 - 1) * Silu(0.5 + 1)];
        Golden.AssertClose("out", output.ToArray(), [inner[0] + inner[1], 2 * inner[2]], 1e-12);

        static double Silu(double x) => x / (1 + Math.Exp(-x));
    }
}
