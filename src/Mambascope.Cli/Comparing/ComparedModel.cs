using System.Numerics;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Cli.Comparing;

/// <summary>One model of a comparison: its maps and, where they are wanted, its attention matrices.</summary>
/// <param name="Name">What it is called in this comparison; no two are called the same.</param>
/// <param name="Explanation">Its maps, in the order of the request's methods.</param>
/// <param name="Matrices">Its matrices from input to output; empty where none are wanted.</param>
internal sealed record ComparedModel<T>(string Name, Explanation<T> Explanation, IReadOnlyList<DepthMatrix> Matrices)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The classifier.</summary>
    internal ImageClassifier Classifier => (ImageClassifier)Explanation.Model;

    /// <summary>The picture as it reads it.</summary>
    internal PictureSubject Picture => (PictureSubject)Explanation.Subject;

    /// <summary>The class that it holds to be most likely.</summary>
    internal Prediction Answer => Explanation.Top(1)[0];

    /// <summary>What kind of model it is, in words.</summary>
    internal string Kind => Classifier.Model.Facts.Kind;

    /// <summary>Runs one model and explains its decision.</summary>
    /// <exception cref="BadInputException">The class is not among its classes, or the input does not fit.</exception>
    /// <exception cref="UsageException">A method is not for models of this kind.</exception>
    internal static ComparedModel<T> Of(Session session, CompareRequest request, string name, ImageClassifier classifier)
    {
        AttributionMethod[] methods =
        [
            .. request.Methods.Select(method => Named(name, () => MethodNames.Find(method, classifier.Model.Shape))),
        ];
        var asked = new ExplanationRequest
        {
            Methods = methods,
            Options = request.Options,
            Target = request.Target,
        };
        _ = Named(name, () => asked.Resolve(classifier));
        var picture = Named(name, () => PictureOptions.Read(session, request.Input, request.Reading, classifier));
        using var run = session.Progress.During($"running {name}", () => classifier.Run<T>(picture.Input));
        var explanation = session.Progress.Following($"explaining {name}", steps =>
            Explaining.Of(run, picture, asked, progress: steps));
        var matrices = request.WantsMatrices
            ? session.Progress.During($"attention of {name}", () => DepthMatrix.Of(run, request.FirstTokens))
            : [];
        return new(name, explanation, matrices);
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
        catch (UsageException error)
        {
            throw new UsageException($"{error.Message} (asked of {name})");
        }
    }
}
