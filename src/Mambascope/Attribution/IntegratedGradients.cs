using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// Integrated gradients (Sundararajan, Taly and Yan 2017) over the first block's input: (token - token') times the mean gradient on
/// the straight path from the baseline's tokens to the input's, by the midpoint rule. The baseline is the image of zeros in normalised
/// units (the mean colour), embedded like any image; class token and positions are the same at both ends, so patches carry all of the
/// change, also where they overlap. Of measurements it is the mean of every channel. For text it is the zero vector
/// at every token. The relevances must add up to score - baseline score; the gap is reported as <c>convergence_error</c>, a share of that
/// difference.
/// </summary>
/// <remarks>
/// Behind an RMS norm the scores of a text, or of a series whose embedding has hardly a bias, change where the path has hardly left the
/// zero vectors, layer upon layer nearer: steps of one length never see it. There the steps are as long as the scores allow, which are
/// looked at first (<see cref="PathSteps"/>): all of them, so that the steps do not depend on the answer and the map of a contrast stays
/// the difference of two maps. Where no number of steps is said, it is doubled until the relevances add up; there twice in a row, since a
/// sum over few steps can be right by luck.
/// </remarks>
public sealed class IntegratedGradients : AttributionMethod
{
    /// <summary>Above this convergence error a map says little about the score.</summary>
    internal const double LargestError = 0.05;

    /// <summary>Steps that are taken first where their number is not said.</summary>
    public const int FewestSteps = 32;

    /// <summary>Steps beyond which their number is not raised.</summary>
    public const int MostSteps = 1024;

    private const string Error = "convergence_error";

    // Of the progress that is told.
    private const int Parts = 1 << 12;

    // Points of the path that run as one batch.
    private const int ChunkSize = 8;

    /// <inheritdoc/>
    public override string Name => "integrated-gradients";

    /// <inheritdoc/>
    public override string Description => "gradient integrated along the path from the mean-colour image (text: from zero vectors)";

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options => [AttributionOption.Steps];

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override bool RunsModel => true;

    /// <summary>The share of the score's change that a map of this method misses; null for a map of another one.</summary>
    internal static double? ErrorOf<T>(AttributionMethod method, RelevanceMap<T> map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(map);
        return method is IntegratedGradients && map.Diagnostics.TryGetValue(Error, out var error) ? error : null;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var options = run.Options;
        if (options.Steps < 1)
        {
            throw new BadInputException($"integrated gradients need at least 1 step, not {options.Steps}");
        }

        return [.. Enumerable.Range(0, run.Decision.Batch).Select(item =>
            options.Steps is { } steps ? Explain(run, item, steps, (0, 1)) : Converged(run, item))];
    }

    // Of the item's work a try takes half of what is left: nobody knows how many there will be.
    private static RelevanceMap<T> Converged<T>(MethodRun<T> run, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (needed, inARow, left) = (run.Decision.Trace.Grid is null ? 2 : 1, 0, 1.0);
        for (var steps = FewestSteps; ; steps *= 2)
        {
            var map = Explain(run, item, steps, (1 - left, left / 2));
            inARow = map.Diagnostics[Error] <= LargestError ? inARow + 1 : 0;
            left /= 2;
            if (inARow == needed || steps == MostSteps)
            {
                return map with
                {
                    Diagnostics = new Dictionary<string, double>(map.Diagnostics) { ["steps"] = steps },
                };
            }
        }
    }

    private static RelevanceMap<T> Explain<T>(MethodRun<T> run, int item, int steps, (double From, double Share) work)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var decision = run.Decision;
        var (baseline, baselineScore) = Baseline(run, item);
        var tokens = decision.Trace.Tokens.Data.Item(item).ToArray();
        var (L, d) = (decision.Trace.Length, decision.Trace.Tokens.Data.Width);
        var sum = new T[tokens.Length];
        var nodes = decision.Trace.Grid is null ? PathSteps.Of(steps, Smallest<T>(), shares => Scores(run, item, baseline, shares)) : null;
        for (var first = 0; first < steps; first += ChunkSize)
        {
            var count = Math.Min(ChunkSize, steps - first);
            var path = Activation<T>.Zeros(count, L, d);
            for (var k = 0; k < count; k++)
            {
                var share = nodes is null
                    ? (T.CreateTruncating(first + k) + T.CreateTruncating(0.5)) / T.CreateTruncating(steps)
                    : T.CreateTruncating(nodes[first + k].Place);
                Point<T>(baseline, tokens, share, path.Item(k).Extent);
            }

            run.Step((int)(Parts * (item + work.From + (work.Share * first / steps))), Parts * decision.Batch);
            using var chunk = run.NewTape();
            using var along = decision.On(run.Model.ForwardTokens(chunk, path, decision.Positions), item);
            var gradients = along.GradientsUntil(run.Cancellation)[along.Trace.Tokens];
            for (var k = 0; k < count; k++)
            {
                var gradient = gradients.Item(k).Extent;
                if (nodes is null)
                {
                    for (var i = 0; i < sum.Length; i++)
                    {
                        sum[i] += gradient[i] / T.CreateTruncating(steps);
                    }

                    continue;
                }

                var weight = T.CreateTruncating(nodes[first + k].Weight);
                for (var i = 0; i < sum.Length; i++)
                {
                    sum[i] += gradient[i] * weight;
                }
            }
        }

        var relevance = TokenRelevance.OverChannels(
            Activation<T>.Of([.. tokens.Zip(baseline, (a, b) => a - b)], 1, L, d), Activation<T>.Of(sum, 1, L, d)).ToArray();
        var change = double.CreateTruncating(decision.Score(item) - baselineScore);
        var total = relevance.Sum(double.CreateTruncating);
        var map = decision.Map(
            relevance,
            new Dictionary<string, double> { [Error] = Math.Abs(total - change) / Math.Max(Math.Abs(change), 1e-12) });
        return InputRelevance.Reach(map, decision.Trace, item, sum);
    }

    // Of the path; tokens at it are still numbers with all their digits.
    private static double Smallest<T>() => typeof(T) == typeof(double) ? 1e-280 : 1e-33;

    // The scores of all answers at places of the path.
    private static double[][] Scores<T>(MethodRun<T> run, int item, T[] baseline, double[] shares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (decision, scores) = (run.Decision, new double[shares.Length][]);
        var tokens = decision.Trace.Tokens.Data.Item(item).ToArray();
        for (var first = 0; first < shares.Length; first += ChunkSize)
        {
            var count = Math.Min(ChunkSize, shares.Length - first);
            var path = Activation<T>.Zeros(count, decision.Trace.Length, decision.Trace.Tokens.Data.Width);
            for (var k = 0; k < count; k++)
            {
                Point<T>(baseline, tokens, T.CreateTruncating(shares[first + k]), path.Item(k).Extent);
            }

            run.Cancellation.ThrowIfCancellationRequested();
            using var chunk = run.NewTape();
            using var along = decision.On(run.Model.ForwardTokens(chunk, path, decision.Positions), item);
            for (var k = 0; k < count; k++)
            {
                var row = decision.Trace.IsClassifier ? along.Trace.Logits.Data.Row(k) : along.Trace.ScoresAt(k, decision.Token);
                scores[first + k] = [.. row.ToArray().Select(double.CreateTruncating)];
            }
        }

        return scores;
    }

    private static void Point<T>(T[] baseline, T[] tokens, T share, Span<T> point)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < point.Length; i++)
        {
            point[i] = baseline[i] + (share * (tokens[i] - baseline[i]));
        }
    }

    private static (T[] Tokens, T Score) Baseline<T>(MethodRun<T> run, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (decision, input) = (run.Decision, run.Trace.Input.Data);
        using var zero = run.NewTape();
        var trace = run.Model.ForwardInput(zero, Activation<T>.Zeros(1, input.Length, input.Width), decision.Positions);
        using var at = decision.On(trace, item);
        return (trace.Tokens.Data.ToArray(), at.Score(0));
    }
}
