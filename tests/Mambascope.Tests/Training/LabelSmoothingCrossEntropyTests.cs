using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class LabelSmoothingCrossEntropyTests
{
    [Fact]
    public void Two_equal_logits_cost_the_logarithm_of_two()
    {
        var gradient = new float[2];
        Assert.Equal(Math.Log(2), LabelSmoothingCrossEntropy.Evaluate([3f, 3f], [0], 0.1, gradient), 1e-12);
        Assert.Equal(0.5f - 0.95f, gradient[0], 1e-6f);
        Assert.Equal(0.5f - 0.05f, gradient[1], 1e-6f);
    }

    [Fact]
    public void A_class_counts_by_its_weight()
    {
        var (gradient, plain) = (new float[4], new float[4]);
        var loss = LabelSmoothingCrossEntropy.Evaluate([3f, 1f, 0f, 2f], [0, 1], 0.1, gradient, [0.5, 2]);
        var first = LabelSmoothingCrossEntropy.Evaluate([3f, 1f], [0], 0.1, plain.AsSpan(0, 2));
        var second = LabelSmoothingCrossEntropy.Evaluate([0f, 2f], [1], 0.1, plain.AsSpan(2, 2));
        Assert.Equal(((0.5 * first) + (2 * second)) / 2, loss, 1e-12);
        Assert.Equal([0.25f * plain[0], 0.25f * plain[1], plain[2], plain[3]], gradient, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void The_gradient_is_what_finite_differences_say(double smoothing)
    {
        const int batch = 5, classes = 8;
        var random = new Random(4);
        var logits = Enumerable.Range(0, batch * classes).Select(_ => (6 * random.NextSingle()) - 3).ToArray();
        var labels = Enumerable.Range(0, batch).Select(_ => random.Next(classes)).ToArray();
        var (gradient, unused) = (new float[logits.Length], new float[logits.Length]);
        LabelSmoothingCrossEntropy.Evaluate(logits, labels, smoothing, gradient);

        var worst = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            // The step is 2^-7 and the logits are multiples of 2^-22 or so: their sums are exact in float32.
            const float step = 1f / 128;
            var kept = logits[i];
            logits[i] = kept + step;
            var (above, up) = (LabelSmoothingCrossEntropy.Evaluate(logits, labels, smoothing, unused), (double)logits[i]);
            logits[i] = kept - step;
            var (below, down) = (LabelSmoothingCrossEntropy.Evaluate(logits, labels, smoothing, unused), (double)logits[i]);
            logits[i] = kept;
            worst = Math.Max(worst, Math.Abs(((above - below) / (up - down)) - gradient[i]));
        }

        Assert.True(worst < 1e-6, $"largest difference {worst}");
    }

    [Fact]
    public void Huge_logits_do_not_overflow()
    {
        var gradient = new float[3];
        var loss = LabelSmoothingCrossEntropy.Evaluate([3e38f, -3e38f, 0f], [0], 0, gradient);
        Assert.Equal(0, loss);
        Assert.All(gradient, g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void Wrong_shapes_and_labels_are_refused()
    {
        Assert.Throws<ArgumentException>(() => LabelSmoothingCrossEntropy.Evaluate(new float[7], [0, 1], 0, new float[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelSmoothingCrossEntropy.Evaluate(new float[8], [0, 4], 0, new float[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelSmoothingCrossEntropy.Evaluate(new float[8], [0, 1], 1, new float[8]));
    }
}
