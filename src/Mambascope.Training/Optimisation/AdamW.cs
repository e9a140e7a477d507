using System.Numerics;
using System.Runtime.InteropServices;

namespace Mambascope.Training;

/// <summary>Settings of <see cref="AdamW"/> that stay the same over a training run.</summary>
internal sealed record AdamWOptions
{
    /// <summary>Decay of the running mean of the gradient.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of the squared gradient.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay, times the learning rate; only for parameters that decay.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Gradients are scaled down to this global Euclidean norm; infinity for no clipping.</summary>
    public double MaxGradientNorm { get; init; } = 1.0;
}

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), gradients clipped by their global norm:
/// <para>g = gradient · min(1, maxNorm / ‖all gradients‖); m = β1 m + (1-β1) g; v = β2 v + (1-β2) g²;</para>
/// <para>w = w (1 - lr·decay) - lr · (m / (1-β1ᵗ)) / (sqrt(v / (1-β2ᵗ)) + ε).</para>
/// Results do not depend on the number of threads: the norm is summed over fixed blocks in fixed order, the rest is per element.
/// </summary>
internal sealed class AdamW
{
    private const int BlockLength = 1 << 14;

    private readonly TrainedParameter[] _parameters;
    private readonly Moments[] _moments;
    private readonly Block[] _blocks;
    private readonly double[] _squares;
    private readonly AdamWOptions _options;
    private readonly ParallelOptions _parallel;

    /// <summary>An optimiser at step 0 with zero moments.</summary>
    public AdamW(IReadOnlyList<TrainedParameter> parameters, AdamWOptions options, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _parameters = [.. parameters];
        _moments = [.. parameters.Select(p => new Moments(new float[p.Values.Length], new float[p.Values.Length]))];
        _blocks = [.. parameters.SelectMany((p, i) => Blocks(i, p.Values.Length))];
        _squares = new double[_blocks.Length];
        _options = options;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
    }

    /// <summary>Steps taken so far; bias correction depends on it.</summary>
    public long Steps { get; private set; }

    /// <summary>Running mean of the gradient of parameter <paramref name="index"/>; write to it only to restore a state.</summary>
    public float[] FirstMoment(int index) => _moments[index].First;

    /// <summary>Running mean of the squared gradient of parameter <paramref name="index"/>; write to it only to restore a state.</summary>
    public float[] SecondMoment(int index) => _moments[index].Second;

    /// <summary>Continues from a saved state, after the moments were copied into the arrays above.</summary>
    public void ResumeAt(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        Steps = steps;
    }

    /// <summary>One step at the given learning rate; returns the global gradient norm before clipping.</summary>
    /// <exception cref="ArithmeticException">
    /// A gradient is not finite; nothing was changed, and the message names the parameter.
    /// </exception>
    public double Step(double learningRate)
    {
        var norm = GradientNorm();
        if (!double.IsFinite(norm))
        {
            throw new ArithmeticException(
                $"step {Steps}: the gradient of {FirstNotFinite()} is not finite; lower the learning rate or look at the last batch");
        }

        Steps++;
        var constants = new StepConstants(_options, learningRate, Steps, norm);
        Parallel.For(0, _blocks.Length, _parallel, b => Update(_blocks[b], constants));
        return norm;
    }

    private static IEnumerable<Block> Blocks(int parameter, int length)
    {
        for (var start = 0; start < length; start += BlockLength)
        {
            yield return new Block(parameter, start, Math.Min(BlockLength, length - start));
        }
    }

    private double GradientNorm()
    {
        Parallel.For(0, _blocks.Length, _parallel, b =>
        {
            var block = _blocks[b];
            var sum = 0.0;
            foreach (var g in _parameters[block.Parameter].Gradient.AsSpan(block.Start, block.Length))
            {
                sum += (double)g * g;
            }

            _squares[b] = sum;
        });
        var total = 0.0;
        foreach (var square in _squares)
        {
            total += square;
        }

        return Math.Sqrt(total);
    }

    private string FirstNotFinite() =>
        Array.Find(_parameters, p => p.Gradient.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))?.Name
        ?? "all parameters together";

    private void Update(Block block, StepConstants k)
    {
        var parameter = _parameters[block.Parameter];
        var values = parameter.Values.AsSpan(block.Start, block.Length);
        var gradient = parameter.Gradient.AsSpan(block.Start, block.Length);
        var first = _moments[block.Parameter].First.AsSpan(block.Start, block.Length);
        var second = _moments[block.Parameter].Second.AsSpan(block.Start, block.Length);
        var keep = parameter.Decays ? k.Keep : 1f;

        // Lanes are independent elements; the scalar loop below is the same formula for what does not fill a vector.
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = new Vector<float>(gradient[i..]) * k.Clip;
            var m = (new Vector<float>(first[i..]) * k.Beta1) + (g * k.OneMinusBeta1);
            var v = (new Vector<float>(second[i..]) * k.Beta2) + (g * g * k.OneMinusBeta2);
            var step = m * k.Rate / ((Vector.SquareRoot(v) * k.InverseRootBias2) + new Vector<float>(k.Epsilon));
            m.CopyTo(first[i..]);
            v.CopyTo(second[i..]);
            ((new Vector<float>(values[i..]) * keep) - step).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
        {
            var g = gradient[i] * k.Clip;
            first[i] = (first[i] * k.Beta1) + (g * k.OneMinusBeta1);
            second[i] = (second[i] * k.Beta2) + (g * g * k.OneMinusBeta2);
            values[i] = (values[i] * keep) - (first[i] * k.Rate / ((MathF.Sqrt(second[i]) * k.InverseRootBias2) + k.Epsilon));
        }
    }

    private readonly record struct Moments(float[] First, float[] Second);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Block(int Parameter, int Start, int Length);

    /// <summary>Everything of a step that is the same for all elements, computed in double once.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly struct StepConstants(AdamWOptions options, double learningRate, long step, double norm)
    {
        public readonly float Beta1 = (float)options.Beta1;
        public readonly float Beta2 = (float)options.Beta2;
        public readonly float OneMinusBeta1 = (float)(1 - options.Beta1);
        public readonly float OneMinusBeta2 = (float)(1 - options.Beta2);
        public readonly float Epsilon = (float)options.Epsilon;
        public readonly float Keep = (float)(1 - (learningRate * options.WeightDecay));
        public readonly float Rate = (float)(learningRate / (1 - Math.Pow(options.Beta1, step)));
        public readonly float InverseRootBias2 = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step)));
        public readonly float Clip = norm > options.MaxGradientNorm ? (float)(options.MaxGradientNorm / norm) : 1f;
    }
}
