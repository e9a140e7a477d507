using System.Numerics;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>A class and how likely the model holds it to be.</summary>
/// <param name="Index">Class index.</param>
/// <param name="Label">Its label, or "class 7".</param>
/// <param name="Probability">Softmax of the scores, 0 to 1.</param>
/// <param name="Score">The score (logit).</param>
public sealed record ClassScore(int Index, string Label, double Probability, double Score)
{
    /// <summary>For people: "trouser 97.3 %".</summary>
    public override string ToString() => $"{Label} {Probability * 100:0.0} %";
}

/// <summary>One run of a classifier on one picture. Owns the memory of the run: dispose of it when the maps are made.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class ImageRun<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ClassScore[] scores;

    internal ImageRun(ImageClassifier classifier, PreprocessedImage input, Trace<T> trace)
    {
        Classifier = classifier;
        Input = input;
        Trace = trace;
        var (logits, labels) = (trace.Logits.Data.Row(0).ToArray(), classifier.Labels);
        scores = [.. Logits.Softmax(logits).Select((p, i) => new ClassScore(i, labels[i], p, double.CreateTruncating(logits[i])))];
    }

    /// <summary>Who ran.</summary>
    public ImageClassifier Classifier { get; }

    /// <summary>What the model was given.</summary>
    public PreprocessedImage Input { get; }

    /// <summary>The picture as the model saw it, after resize and crop: what maps are laid over.</summary>
    public RgbImage Image => Input.Image;

    /// <summary>Every quantity of the run.</summary>
    public Trace<T> Trace { get; }

    /// <summary>All classes by index.</summary>
    public IReadOnlyList<ClassScore> Scores => scores;

    /// <summary>The most likely classes, most likely first.</summary>
    public IReadOnlyList<ClassScore> Top(int count) => [.. scores.OrderByDescending(score => score.Score).ThenBy(score => score.Index).Take(count)];

    /// <inheritdoc/>
    public void Dispose() => Trace.Dispose();
}
