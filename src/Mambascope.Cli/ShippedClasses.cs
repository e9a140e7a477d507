using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>What the small models that ship know: they answer with one of few classes whatever a picture shows.</summary>
internal static class ShippedClasses
{
    private const int Few = 20;

    /// <summary>A line about it; nothing for any other model.</summary>
    internal static void Write(TextWriter output, LoadedModel model)
    {
        if (model is ImageClassifier { Labels: { Any: true, Count: <= Few } labels }
            && ModelSpecification.Shipped().Contains(model.Source.Text, StringComparer.Ordinal))
        {
            var names = string.Join(", ", Enumerable.Range(0, labels.Count).Select(index => ShownText.Line(labels[index])));
            output.WriteLine($"{model.Name} knows {labels.Count} things only ({names}): a picture of anything else is called one of them");
        }
    }
}
