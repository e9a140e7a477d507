using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>What a model is, in words and as JSON.</summary>
internal static class DescriptionReport
{
    internal static void Write(TextWriter output, ModelDescription description)
    {
        var (isText, facts) = (description.Reads == ModelInput.Text, new TextTable("", ""));
        foreach (var fact in description.Facts)
        {
            if (fact is { Label: { } label, Words: { } words })
            {
                facts.Add(label, words);
            }
        }

        facts.Write(output);
        output.WriteLine();
        output.WriteLine($"It can be asked to explain {(isText ? "why a token comes next" : "a decision")} by");
        var methods = new TextTable("", "", "");
        foreach (var method in description.Methods)
        {
            methods.Add(method.Name, method.Description, string.Join(", ", method.Modes));
        }

        methods.Write(output, "  ");
        output.WriteLine(
            $"{(isText ? "to continue a text (mambascope run --generate), " : "")}and to show {description.Matrices} (mambascope attention "
                + "--help).");
    }

    internal static JsonObject Json(ModelDescription description)
    {
        var result = new JsonObject();
        foreach (var (name, value) in description.Facts.SelectMany(fact => fact.Values))
        {
            result[name] = Node(value);
        }

        result["methods"] = new JsonArray([.. description.Methods.Select(method => (JsonNode)new JsonObject
        {
            ["name"] = method.Name,
            ["description"] = method.Description,
            ["modes"] = new JsonArray([.. method.Modes.Select(mode => (JsonNode)mode)]),
            ["class_specific"] = method.IsClassSpecific,
        })]);
        return result;
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        bool truth => truth,
        int number => number,
        long number => number,
        float number => number,
        double number => number,
        string text => text,
        IEnumerable<int> numbers => new JsonArray([.. numbers.Select(number => (JsonNode)number)]),
        IEnumerable<string> list => new JsonArray([.. list.Select(text => (JsonNode)text)]),
        _ => throw new ArgumentException($"A {value.GetType().Name} is no value of a fact", nameof(value)),
    };
}
