using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Gradients of a whole small model, for every kind of weight and for the pixels, against central finite differences in double.</summary>
public sealed class VisionMambaGradientTests : IDisposable
{
    private readonly Workers workers = new(2);

    private static VisionMambaConfig Config(ClassTokenKind classToken) => new()
    {
        ImageSize = 9,
        Channels = 2,
        PatchSize = 3,
        Stride = classToken == ClassTokenKind.First ? 2 : 3,
        Width = 6,
        Depth = 2,
        InnerWidth = 10,
        StateSize = 3,
        ConvWidth = 4,
        DtRank = 2,
        Classes = 4,
        ClassToken = classToken,
    };

    [Theory]
    [InlineData(ClassTokenKind.Middle)]
    [InlineData(ClassTokenKind.First)]
    [InlineData(ClassTokenKind.MeanPool)]
    public void Weight_gradients_match_finite_differences(ClassTokenKind classToken)
    {
        var config = Config(classToken);
        var model = new VisionMamba(config, Perturbed(config));
        var pixels = RandomActivation(2, config.Channels * config.ImageSize, config.ImageSize, seed: 5);
        var direction = RandomActivation(2, 1, config.Classes, seed: 6);
        var dropPath = new[] { new[] { 1.25f, 0.5f }, [0.75f, 2f] };
        var gradients = new WeightGradients<double>(model.Weights.All);
        using (var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true))
        {
            var trace = model.Forward(tape, pixels, layer => dropPath[layer]);
            using var replay = tape.Backward(trace.Logits, direction, [], rules: null, gradients);
        }

        foreach (var weight in model.Weights.All)
        {
            var expected = new double[weight.Data.Length];
            for (var i = 0; i < expected.Length; i++)
            {
                var original = weight.Data[i];
                var (high, low) = (original + 1e-3f, original - 1e-3f);
                weight.Data[i] = high;
                var up = Score();
                weight.Data[i] = low;
                var down = Score();
                weight.Data[i] = original;
                expected[i] = (up - down) / ((double)high - low);
            }

            Golden.AssertClose(weight.Name, gradients[weight], expected, 1e-4);
        }

        double Score()
        {
            using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: false);
            return Dot(model.Forward(tape, pixels, layer => dropPath[layer]).Logits.Data, direction);
        }
    }

    [Fact]
    public void Pixel_gradients_match_finite_differences()
    {
        var config = Config(ClassTokenKind.Middle);
        var model = new VisionMamba(config, Perturbed(config));
        var pixels = RandomActivation(2, config.Channels * config.ImageSize, config.ImageSize, seed: 5);
        var direction = RandomActivation(2, 1, config.Classes, seed: 6);
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

    [Fact]
    public void Fast_weight_gradients_match_double_ones()
    {
        var config = Config(ClassTokenKind.Middle) with { ImageSize = 36, Width = 40, InnerWidth = 80, StateSize = 8, DtRank = 3 };
        var model = new VisionMamba(config, Perturbed(config));
        var pixels = RandomActivation(3, config.Channels * config.ImageSize, config.ImageSize, seed: 5);
        var direction = RandomActivation(3, 1, config.Classes, seed: 6);
        var exact = Gradients(pixels, direction);
        var fast = Gradients(Narrow(pixels), Narrow(direction));
        foreach (var weight in model.Weights.All)
        {
            Golden.AssertClose(weight.Name, Array.ConvertAll(fast[weight], v => (double)v), exact[weight], 2e-5);
        }

        WeightGradients<T> Gradients<T>(Activation<T> input, Activation<T> seed)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            var gradients = new WeightGradients<T>(model.Weights.All);
            using var tape = new Tape<T>(workers, new BufferPool<T>(), isRecording: true);
            var trace = model.Forward(tape, input);
            using var replay = tape.Backward(trace.Logits, seed, [], rules: null, gradients);
            return gradients;
        }
    }

    // Initial weights moved off their symmetric values, so that no gradient is zero by chance.
    private static VisionMambaWeights Perturbed(VisionMambaConfig config)
    {
        var random = new Random(3);
        var source = RandomWeights.Source(seed: 2);
        return new(config, (name, shape) =>
        {
            var weight = source(name, shape);
            for (var i = 0; i < weight.Data.Length; i++)
            {
                weight.Data[i] += 0.3f * (float)(random.NextDouble() - 0.5);
            }

            return weight;
        });
    }

    private static Activation<double> RandomActivation(int batch, int length, int width, int seed)
    {
        var random = new Random(seed);
        return Activation<double>.Of([.. Enumerable.Range(0, batch * length * width).Select(_ => (random.NextDouble() * 2) - 1)], batch, length, width);
    }

    private static Activation<float> Narrow(Activation<double> values)
        => Activation<float>.Of(Array.ConvertAll(values.ToArray(), v => (float)v), values.Batch, values.Length, values.Width);

    private static double Dot(Activation<double> a, Activation<double> b) => a.ToArray().Zip(b.ToArray(), (x, y) => x * y).Sum();

    public void Dispose() => workers.Dispose();
}
