using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// SmoothGrad (Smilkov et al. 2017) times input: the tokens of the input as it is, times the mean of their gradients over copies with
/// Gaussian noise. (Times the noisy tokens it would gain a term of variance times curvature, which has nothing to do with the input.) The
/// noise's standard deviation is a share of the range of the normalised pixels; for text, of the embedded tokens. Reported as
/// <c>convergence_error</c>: the standard error of the mean map, its length over the length of the map.
/// </summary>
public sealed class SmoothGrad : AttributionMethod
{
    // Noisy copies that run as one batch.
    private const int ChunkSize = 8;

    /// <inheritdoc/>
    public override string Name => "smoothgrad";

    /// <inheritdoc/>
    public override string Title => "SmoothGrad";

    /// <inheritdoc/>
    public override string Description => "token times its gradient, the gradient a mean over noisy copies of the input";

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options
        => [AttributionOption.Samples, AttributionOption.Noise, AttributionOption.Seed];

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override bool RunsModel => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var options = run.Options;
        if (options.Samples < 2 || !(options.Noise > 0) || !double.IsFinite(options.Noise))
        {
            throw new BadInputException(
                $"smoothgrad needs at least 2 samples and a noise above 0, not {options.Samples} and {options.Noise}");
        }

        return [.. Enumerable.Range(0, run.Decision.Batch).Select(item => Explain(run, item))];
    }

    private static RelevanceMap<T> Explain<T>(MethodRun<T> run, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (decision, options) = (run.Decision, run.Options);
        var pixels = decision.Trace.Input.Data.Item(item);
        var values = pixels.ToArray();
        var deviation = options.Noise * double.CreateTruncating(values.Max() - values.Min());
        var random = new Random(options.Seed);
        var tokens = decision.Trace.Tokens.Data.Item(item);
        var (sum, squares) = (new double[decision.Trace.Length], new double[decision.Trace.Length]);
        var meanGradient = new T[tokens.Length * tokens.Width];
        for (var first = 0; first < options.Samples; first += ChunkSize)
        {
            var count = Math.Min(ChunkSize, options.Samples - first);
            var noisy = Activation<T>.Zeros(count, pixels.Length, pixels.Width);
            var copies = noisy.Extent;
            for (var i = 0; i < copies.Length; i++)
            {
                copies[i] = values[i % values.Length] + T.CreateTruncating(deviation * NormalDistribution.Draw(random));
            }

            run.Step((item * options.Samples) + first, decision.Batch * options.Samples);
            using var chunk = run.NewTape();
            using var around = decision.On(run.Model.ForwardInput(chunk, noisy, decision.Positions), item);
            var gradients = around.GradientsUntil(run.Cancellation)[around.Trace.Tokens];
            for (var copy = 0; copy < count; copy++)
            {
                var gradient = gradients.Item(copy);
                Add(meanGradient, gradient, T.One / T.CreateTruncating(options.Samples));
                var relevance = TokenRelevance.OverChannels(tokens, gradient);
                for (var t = 0; t < sum.Length; t++)
                {
                    var value = double.CreateTruncating(relevance.Row(t)[0]);
                    sum[t] += value;
                    squares[t] += value * value;
                }
            }
        }

        var (mean, n) = (sum.Select(s => s / options.Samples).ToArray(), options.Samples);
        var variance = mean.Select((m, t) => Math.Max(0, (squares[t] / n) - (m * m)) / (n - 1));
        var error = Math.Sqrt(variance.Sum()) / Math.Max(Math.Sqrt(mean.Sum(m => m * m)), double.Epsilon);
        var map = decision.Map(
            Array.ConvertAll(mean, T.CreateTruncating), new Dictionary<string, double> { ["convergence_error"] = error });
        return InputRelevance.Reach(map, decision.Trace, item, meanGradient);
    }

    private static void Add<T>(T[] sum, Activation<T> gradient, T share)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var t = 0; t < gradient.Length; t++)
        {
            var row = gradient.Row(t);
            for (var i = 0; i < row.Length; i++)
            {
                sum[(t * row.Length) + i] += row[i] * share;
            }
        }
    }
}
