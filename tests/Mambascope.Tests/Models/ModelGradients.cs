using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Tests.Models;

/// <summary>Gradients of whole small picture models, against central finite differences in double and float against double.</summary>
internal static class ModelGradients
{
    /// <summary>Every weight, with random drop path factors in play.</summary>
    public static void CheckWeights(Workers workers, IVisionModel model)
    {
        var (pixels, direction) = Inputs(model, batch: 2);
        var random = new Random(4);
        var dropPath = Enumerable
            .Range(0, model.Branches)
            .Select(_ => new[] { 0.5f + random.NextSingle(), 0.5f + random.NextSingle() })
            .ToArray();
        var gradients = new WeightGradients<double>(model.AllWeights);
        using (var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true))
        {
            var trace = model.Forward(tape, pixels, branch => dropPath[branch]);
            using var replay = tape.Backward(trace.Logits, direction, [], rules: null, gradients);
        }

        foreach (var weight in model.AllWeights)
        {
            var expected = new double[weight.Values<float>().Length];
            for (var i = 0; i < expected.Length; i++)
            {
                var original = weight.Values<float>()[i];
                var (high, low) = (original + 2e-4f, original - 2e-4f);
                weight.Values<float>()[i] = high;
                var up = Score();
                weight.Values<float>()[i] = low;
                var down = Score();
                weight.Values<float>()[i] = original;
                expected[i] = (up - down) / ((double)high - low);
            }

            // A key's bias moves all scores of a row alike, which the softmax does not see: its gradient is zero up to rounding.
            Golden.AssertClose(weight.Name, [.. gradients[weight], 1], [.. expected, 1], 1e-4);
        }

        double Score()
        {
            using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: false);
            return Dot(model.Forward(tape, pixels, branch => dropPath[branch]).Logits.Data, direction);
        }
    }

    /// <summary>Every pixel.</summary>
    public static void CheckPixels(Workers workers, IVisionModel model)
    {
        var (pixels, direction) = Inputs(model, batch: 2);
        double[] actual;
        using (var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true))
        {
            var trace = model.Forward(tape, pixels);
            using var replay = tape.Backward(trace.Logits, direction, [trace.Input]);
            actual = replay[trace.Input].ToArray();
        }

        var expected = new double[actual.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            var original = pixels.Buffer[i];
            pixels.Buffer[i] = original + 1e-5;
            var up = Score();
            pixels.Buffer[i] = original - 1e-5;
            var down = Score();
            pixels.Buffer[i] = original;
            expected[i] = (up - down) / 2e-5;
        }

        Golden.AssertClose("pixels", actual, expected, 1e-7);

        double Score()
        {
            using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: false);
            return Dot(model.Forward(tape, pixels).Logits.Data, direction);
        }
    }

    /// <summary>The fast kernels beside the plain operators.</summary>
    public static void CheckSingle(Workers workers, IVisionModel model)
    {
        var (pixels, direction) = Inputs(model, batch: 3);
        var exact = Gradients(pixels, direction);
        var fast = Gradients(Narrow(pixels), Narrow(direction));
        foreach (var weight in model.AllWeights)
        {
            Golden.AssertClose(weight.Name, [.. fast[weight], 1], [.. exact[weight], 1], 2e-5);
        }

        WeightGradients<T> Gradients<T>(Activation<T> input, Activation<T> seed)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            var gradients = new WeightGradients<T>(model.AllWeights);
            using var tape = new Tape<T>(workers, new BufferPool<T>(), isRecording: true);
            var trace = model.Forward(tape, input);
            using var replay = tape.Backward(trace.Logits, seed, [], rules: null, gradients);
            return gradients;
        }
    }

    private static (Activation<double> Pixels, Activation<double> Direction) Inputs(IVisionModel model, int batch)
        => (
            TinyVim.RandomActivation(batch, model.Grid.Channels * model.Grid.ImageHeight, model.Grid.ImageWidth, seed: 5),
            TinyVim.RandomActivation(batch, 1, model.Classes, seed: 6));

    private static Activation<float> Narrow(Activation<double> values)
        => Activation<float>.Of(Array.ConvertAll(values.ToArray(), v => (float)v), values.Batch, values.Length, values.Width);

    private static double Dot(Activation<double> a, Activation<double> b) => a.ToArray().Zip(b.ToArray(), (x, y) => x * y).Sum();
}
