using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Cli.Comparing;

/// <summary>One model of a comparison: its run, its maps and, where they are wanted, its attention matrices. Owns the run.</summary>
/// <param name="Name">What it is called in this comparison; no two are called the same.</param>
/// <param name="Explanation">Its maps, in the order of the request's methods.</param>
/// <param name="Matrices">Its matrices from input to output; empty where none are wanted.</param>
internal sealed record ComparedModel<T>(string Name, Explanation<T> Explanation, IReadOnlyList<DepthMatrix> Matrices) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The classifier.</summary>
    internal ImageClassifier Classifier => Explanation.Run.Classifier;

    /// <summary>The class that it holds to be most likely.</summary>
    internal ClassScore Answer => Explanation.Run.Top(1)[0];

    /// <summary>What kind of model it is, in words.</summary>
    internal string Kind => Classifier.Model.Facts.Kind;

    /// <inheritdoc/>
    public void Dispose() => Explanation.Run.Dispose();

    /// <summary>Runs one model and explains its decision.</summary>
    /// <exception cref="BadInputException">The class is not among its classes, or the input does not fit.</exception>
    /// <exception cref="UsageException">A method is not for models of this kind.</exception>
    internal static ComparedModel<T> Of(Session session, CompareRequest request, string name, ImageClassifier classifier)
    {
        AttributionMethod[] methods = [.. request.Methods.Select(method => Named(name, () => MethodNames.Find(method, classifier.Model.Shape)))];
        int[]? classes = request.Target is { } target ? [Named(name, () => classifier.Labels.Find(target))] : null;
        var image = Named(name, () => InputArgument.Read(session, request.Input, classifier));
        var run = session.Progress.During($"running {name}", () => classifier.Run<T>(image));
        try
        {
            using var decision = new Decision<T>(run.Trace, classes);
            var maps = methods
                .Select(method => session.Progress.During($"explaining {name}: {method.NameOf(request.Options)}", () => method.Explain(decision, classifier.Model, request.Options)[0]))
                .ToArray();
            var check = session.Progress.During($"checking {name}", () => SelfCheck.Of(run.Trace));
            var matrices = request.WantsMatrices ? session.Progress.During($"attention of {name}", () => DepthMatrix.Of(run, request.FirstTokens)) : [];
            var explained = new ExplainRequest(request.Input, methods, request.Options, request.Target, null, null, request.Colors, null, null, null, request.Files.MayReplace);
            return new(name, new(explained, run, run.Scores[decision.Targets[0]], decision.Token, maps, check), matrices);
        }
        catch
        {
            run.Dispose();
            throw;
        }
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
