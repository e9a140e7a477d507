using System.Numerics;
using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Cli.Comparing;

/// <summary>One model of a comparison: its maps and, where they are wanted, its attention matrices.</summary>
/// <param name="Name">What it is called in this comparison; no two are called the same.</param>
/// <param name="Explanation">Its answer and its maps.</param>
/// <param name="Columns">Its maps by column; as many for each model of a comparison.</param>
/// <param name="Matrices">Its matrices from input to output; empty where none are wanted.</param>
internal sealed record ComparedModel<T>(
    string Name, Explanation<T> Explanation, IReadOnlyList<ComparedMap<T>> Columns, IReadOnlyList<DepthMatrix> Matrices)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The classifier.</summary>
    internal ImageClassifier Classifier => (ImageClassifier)Explanation.Model;

    /// <summary>The picture as it reads it.</summary>
    internal PictureSubject Picture => (PictureSubject)Explanation.Subject;

    /// <summary>The class that it holds to be most likely.</summary>
    internal Prediction Answer => Explanation.Top(1)[0];

    /// <summary>The same with at least so many columns: kinds of model may have different numbers of standard methods.</summary>
    internal ComparedModel<T> Widened(int columns)
        => this with { Columns = [.. Columns, .. Enumerable.Repeat(new ComparedMap<T>("", null), Math.Max(columns - Columns.Count, 0))] };

    /// <summary>What kind of model it is, in words.</summary>
    internal string Kind => Classifier.Model.Facts.Kind;

    /// <summary>Runs one model and explains its decision.</summary>
    /// <exception cref="BadInputException">The class is not among its classes, or the input does not fit.</exception>
    internal static ComparedModel<T> Of(Session session, CompareRequest request, string name, ImageClassifier classifier)
    {
        var columns = request.Columns?
            .Select(column => (Asked: column.FullName, Method: column.For(classifier.Model.Shape, request.Options)))
            .ToArray();
        var asked = new ExplanationRequest
        {
            Methods = columns is null ? null : [.. columns.Select(column => column.Method).OfType<ChosenMethod>()],
            Options = request.Options,
            Target = request.Target,
        };
        _ = Named(name, () => asked.Resolve(classifier));
        var picture = Named(name, () => PictureOptions.Read(request.Input, request.Reading, classifier));
        using var run = session.Progress.During($"running {name}", () => classifier.Run<T>(picture.Input));
        var explanation = session.Progress.Following($"explaining {name}", steps =>
            Explaining.Of(run, picture, asked, progress: steps));
        var matrices = request.WantsMatrices
            ? session.Progress.During($"attention of {name}", () => DepthMatrix.Of(run, request.FirstTokens))
            : [];
        return new(name, explanation, Placed(explanation.Maps, columns), matrices);
    }

    // Columns that this model cannot fill stay empty.
    private static List<ComparedMap<T>> Placed(IReadOnlyList<MethodMap<T>> maps, (string Asked, ChosenMethod? Method)[]? columns)
    {
        if (columns is null)
        {
            return [.. maps.Select(map => new ComparedMap<T>(map.Name, map))];
        }

        var (placed, next) = (new List<ComparedMap<T>>(), 0);
        foreach (var (asked, method) in columns)
        {
            placed.Add(new(asked, method is null ? null : maps[next++]));
        }

        return placed;
    }

    // Of several models the message must say which.
    private static TResult Named<TResult>(string name, Func<TResult> work)
    {
        try
        {
            return work();
        }
        catch (BadInputException error)
        {
            throw new BadInputException($"{name}: {error.Message}", error);
        }
    }
}
