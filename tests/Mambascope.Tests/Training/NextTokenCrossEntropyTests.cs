using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class NextTokenCrossEntropyTests
{
    [Fact]
    public void Equal_logits_cost_the_logarithm_of_the_vocabulary_each()
        => Assert.Equal(3 * Math.Log(256), NextTokenCrossEntropy.Evaluate(Enumerable.Repeat(1.5f, 3 * 256).ToArray(), [0, 7, 255]), 1e-5);

    [Fact]
    public void The_gradient_is_what_finite_differences_say()
    {
        const int Tokens = 4, Vocabulary = 37;
        const float Scale = 0.25f, Step = 1f / 64;
        var random = new Random(5);
        var logits = Enumerable.Range(0, Tokens * Vocabulary).Select(_ => (6 * random.NextSingle()) - 3).ToArray();
        int[] next = [3, 36, NextTokenCrossEntropy.NotAsked, 3];
        var gradient = logits.ToArray();
        var loss = NextTokenCrossEntropy.Evaluate(gradient, next, Scale);
        Assert.Equal(loss, Loss(logits, next), 1e-12);

        var worst = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            var (above, below) = (logits.ToArray(), logits.ToArray());
            above[i] += Step;
            below[i] -= Step;
            worst = Math.Max(
                worst, Math.Abs((Scale * (Loss(above, next) - Loss(below, next)) / (above[i] - (double)below[i])) - gradient[i]));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest difference {worst:E1}");
        Assert.True(worst < 2e-5, $"largest difference {worst}");
    }

    [Fact]
    public void Huge_logits_do_not_overflow()
    {
        float[] logits = [3e38f, -3e38f, 0f];
        Assert.Equal(0, NextTokenCrossEntropy.Evaluate(logits, [0], 1));
        Assert.Equal([0f, 0f, 0f], logits);
    }

    [Fact]
    public void Wrong_shapes_and_ids_are_refused()
    {
        Assert.Throws<ArgumentException>(() => NextTokenCrossEntropy.Evaluate(new float[7], [0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => NextTokenCrossEntropy.Evaluate(new float[8], [0, 4], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NextTokenCrossEntropy.Evaluate(new float[8], [-2, 0], 1));
    }

    private static double Loss(float[] logits, int[] next) => NextTokenCrossEntropy.Evaluate(logits.ToArray(), next);
}
