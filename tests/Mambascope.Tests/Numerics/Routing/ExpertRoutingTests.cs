using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>The choice of experts by hand, and the gradient of their weights against finite differences.</summary>
public sealed class ExpertRoutingTests
{
    private static readonly double[] logits = [0.3, -1.2, 2.0, 0.9, 0.9, -0.4];

    private static readonly Weight correction = new("bias", [0.9f, 0, -3, 0, 0, 0.1f], 6);

    [Fact]
    public void Granite_shares_one_among_the_chosen()
    {
        var (chosen, weights) = Choose(new SoftmaxOfChosen(3));
        Assert.Equal([2, 3, 4], chosen); // of equal ones the first
        var sum = Math.Exp(2.0) + (2 * Math.Exp(0.9));
        Golden.AssertClose("weights", weights, [Math.Exp(2.0) / sum, Math.Exp(0.9) / sum, Math.Exp(0.9) / sum], 1e-15);
    }

    [Fact]
    public void Jamba_keeps_the_probabilities()
    {
        var (chosen, weights) = Choose(new ChosenOfSoftmax(2));
        Assert.Equal([2, 3], chosen);
        var sum = logits.Sum(Math.Exp);
        Golden.AssertClose("weights", weights, [Math.Exp(2.0) / sum, Math.Exp(0.9) / sum], 1e-15);
    }

    /// <summary>
    /// The correction chooses and does not weigh: 2 and 3 go out with their group, 0 comes before 4 and is the lighter one.
    /// </summary>
    [Fact]
    public void Nemotron_chooses_by_corrected_scores_in_the_best_groups()
    {
        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        var (chosen, weights) = Choose(new SigmoidRouting(2, correction, Groups: 3, ChosenGroups: 2, IsNormalised: true, Factor: 2.5));
        Assert.Equal([4, 0], chosen);
        var sum = Sigmoid(0.9) + Sigmoid(0.3);
        Golden.AssertClose("weights", weights, [2.5 * Sigmoid(0.9) / sum, 2.5 * Sigmoid(0.3) / sum], 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gradients_equal_finite_differences(int kind)
    {
        ExpertRouting routing = kind switch
        {
            0 => new SoftmaxOfChosen(3),
            1 => new ChosenOfSoftmax(3),
            2 => new SigmoidRouting(3, correction, 1, 1, IsNormalised: true, Factor: 2.5),
            _ => new SigmoidRouting(3, correction, 3, 2, IsNormalised: false, Factor: 0.7),
        };
        double[] x = [0.3, -1.2, 2.0, 0.9, 0.8, -0.4];
        double[] dWeights = [0.7, -1.1, 0.4];
        var (chosen, weights, dx) = (new int[3], new double[3], new double[6]);
        routing.Choose<double>(x, chosen, weights);
        routing.Backward<double>(x, chosen, weights, dWeights, dx);
        FiniteDifferences.Check("routing", x, dx, () =>
        {
            var moved = new double[3];
            routing.Choose<double>(x, new int[3], moved);
            return FiniteDifferences.Dot(dWeights, moved);
        });
    }

    private static (int[] Chosen, double[] Weights) Choose(ExpertRouting routing)
    {
        var (chosen, weights) = (new int[routing.Chosen], new double[routing.Chosen]);
        routing.Choose<double>(logits, chosen, weights);
        return (chosen, weights);
    }
}
