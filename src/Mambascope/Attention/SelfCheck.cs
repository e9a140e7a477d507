using System.Collections.Concurrent;
using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// Whether hidden attention gives back what the model computed: alpha u = y for the scan, and T' x + b' = gated output for the whole
/// mixer. Checked for some output tokens, in all channels, layers, directions and items of a recorded run.
/// </summary>
/// <param name="ScanError">Largest |alpha u - y| of any layer and direction, relative to the largest |y| there.</param>
/// <param name="BlockError">Largest |T' x + b' - gated| of any layer, relative to the largest |gated| there.</param>
/// <param name="Tolerance">What rounding explains: 1e-5 in float, 1e-12 in double.</param>
/// <param name="Tokens">The output tokens that were checked.</param>
public sealed record SelfCheck(double ScanError, double BlockError, double Tolerance, IReadOnlyList<int> Tokens)
{
    /// <summary>Whether both errors are within the tolerance.</summary>
    public bool IsPassed => ScanError <= Tolerance && BlockError <= Tolerance;

    /// <summary>
    /// Checks the first and the last token and the one that the classifier reads (the middle one where it reads the mean), or the given
    /// ones; null for a model none of whose mixers can be checked.
    /// </summary>
    /// <param name="trace">A recorded run.</param>
    /// <param name="tokens">Output tokens; null for the three named.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the check.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The run was disposed of.</exception>
    public static SelfCheck? Of<T>(
        Trace<T> trace, IEnumerable<int>? tokens = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[] chosen = [.. (tokens ?? [0, trace.ReadToken < 0 ? trace.Length / 2 : trace.ReadToken, trace.Length - 1]).Distinct().Order()];
        var (checks, done) = (new RunningCheck<T>(chosen), 0);
        var mixers = trace.Layers.Sum(layer => layer.Mixers.Count);
        if (trace.Tape.KeepsStreamsOnly)
        {
            // Layers are computed again one after the other.
            foreach (var layer in trace.Layers)
            {
                checks.See(layer, trace.Tape, cancellation);
                progress?.Report((done += layer.Mixers.Count) / (double)mixers);
            }

            return checks.Finish();
        }

        var all = trace.Layers.SelectMany(layer => layer.Mixers.Select(mixer => (layer, mixer))).ToArray();
        trace.Tape.Workers.For(all.Length, i =>
        {
            checks.See(all[i].layer, all[i].mixer, trace.Tape, cancellation);
            progress?.Report(Interlocked.Increment(ref done) / (double)mixers);
        });
        return checks.Finish();
    }
}

/// <summary>The check of a run as it goes on, layer by layer.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="tokens">The output tokens to check, in order.</param>
internal sealed class RunningCheck<T>(IReadOnlyList<int> tokens)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ConcurrentBag<MixingError> errors = [];

    /// <summary>Checks a layer.</summary>
    public void See(LayerTrace<T> layer, Tape<T> tape, CancellationToken cancellation)
    {
        foreach (var mixer in layer.Mixers)
        {
            See(layer, mixer, tape, cancellation);
        }
    }

    /// <summary>Checks a mixer of a layer; several threads may do so at a time.</summary>
    public void See(LayerTrace<T> layer, MixerTrace<T> mixer, Tape<T> tape, CancellationToken cancellation)
    {
        // Behind a merge there are fewer tokens.
        int[] there = [.. tokens.Select(token => Math.Min(token, layer.Layout.Length - 1)).Distinct()];
        if (TokenMixing<T>.Of(mixer).Check(tape.Workers, tape.Pool, there, cancellation) is { } error)
        {
            errors.Add(error);
        }
    }

    /// <summary>The check of all layers seen; null where none could be checked.</summary>
    public SelfCheck? Finish()
        => errors.IsEmpty ? null
            : new(
                Worst(errors.Select(error => error.Scan)),
                Worst(errors.Select(error => error.Block)),
                typeof(T) == typeof(double) ? 1e-12 : 1e-5,
                tokens);

    // Math.Max keeps NaN, which must not look like a passed check; Enumerable.Max drops it.
    private static double Worst(IEnumerable<double> errors) => errors.Aggregate(0.0, Math.Max);
}
