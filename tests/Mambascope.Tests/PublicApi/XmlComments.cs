using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mambascope.Tests.PublicApi;

/// <summary>The XML comments that the compiler left beside an assembly, by member, as Markdown.</summary>
internal sealed partial class XmlComments
{
    private readonly Dictionary<string, XElement> members;

    private XmlComments(Dictionary<string, XElement> members) => this.members = members;

    public static XmlComments Beside(Assembly assembly)
        => new(XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"), LoadOptions.PreserveWhitespace)
            .Descendants("member")
            .ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal));

    /// <summary>The summary of a type or member; empty where it has none of its own.</summary>
    public string Summary(MemberInfo member)
        => members.TryGetValue(Id(member), out var found) && found.Element("summary") is { } summary ? Markdown(summary) : "";

    // The name under which the compiler writes a comment (C# specification, annex D.4.2).
    private static string Id(MemberInfo member)
        => member switch
        {
            Type type => $"T:{Plain(type)}",
            FieldInfo field => $"F:{Plain(field.DeclaringType!)}.{field.Name}",
            EventInfo happening => $"E:{Plain(happening.DeclaringType!)}.{happening.Name}",
            PropertyInfo property => $"P:{Plain(property.DeclaringType!)}.{property.Name}{Arguments(property.GetIndexParameters())}",
            MethodInfo method =>
                $"M:{Plain(method.DeclaringType!)}.{method.Name}"
                + $"{(method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "")}{Arguments(method.GetParameters())}"
                + (method.Name is "op_Implicit" or "op_Explicit" ? $"~{Used(method.ReturnType)}" : ""),
            ConstructorInfo constructor => $"M:{Plain(constructor.DeclaringType!)}.#ctor{Arguments(constructor.GetParameters())}",
            _ => "",
        };

    private static string Arguments(ParameterInfo[] parameters)
        => parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => Used(parameter.ParameterType)))})";

    private static string Plain(Type type) => type.FullName!.Replace('+', '.');

    // A type as it stands in an argument list: List{System.Int32}, `0 for a type's parameter, ``0 for a method's.
    private static string Used(Type type)
    {
        if (type.IsByRef)
        {
            return $"{Used(type.GetElementType()!)}@";
        }

        if (type.IsArray)
        {
            var rank = type.GetArrayRank();
            return $"{Used(type.GetElementType()!)}[{(rank == 1 ? "" : string.Join(',', Enumerable.Repeat("0:", rank)))}]";
        }

        if (type.IsGenericParameter)
        {
            return $"{(type.DeclaringMethod is null ? "`" : "``")}{type.GenericParameterPosition}";
        }

        if (!type.IsGenericType)
        {
            return Plain(type);
        }

        var name = Plain(type.GetGenericTypeDefinition());
        return $"{name[..name.IndexOf('`', StringComparison.Ordinal)]}{{{string.Join(',', type.GetGenericArguments().Select(Used))}}}";
    }

    private static string Markdown(XElement comment)
    {
        var text = string.Concat(comment.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "code" } code => $"\n\n```\n{Trimmed(code.Value)}\n```\n\n",
            XElement { Name.LocalName: "para" } paragraph => $"\n\n{Markdown(paragraph)}\n\n",
            XElement { Name.LocalName: "c" } words => $"`{words.Value.Trim()}`",
            XElement { Name.LocalName: "paramref" or "typeparamref" } name => $"`{(string?)name.Attribute("name")}`",
            XElement { Name.LocalName: "see" } see => $"`{Target(see)}`",
            XElement other => Markdown(other),
            XText words => Blanks().Replace(words.Value, " "),
            _ => "",
        }));
        return Lines().Replace(text, "\n\n").Trim();
    }

    private static string Target(XElement see)
    {
        var target = (string?)see.Attribute("cref") ?? (string?)see.Attribute("langword") ?? (string?)see.Attribute("href") ?? see.Value;
        var name = target.Split('(')[0];
        return Arity().Replace(name[(name.LastIndexOf('.') + 1)..], "");
    }

    // Lines of code without the margin that they have in the source.
    private static string Trimmed(string code)
    {
        string[] lines = [.. code.Split('\n').Select(line => line.TrimEnd())];
        var written = lines.Where(line => line.Length > 0).ToArray();
        var margin = written.Length == 0 ? 0 : written.Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > margin ? line[margin..] : "")).Trim('\n');
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\n{3,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Lines();

    [GeneratedRegex(@"`+\d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Arity();
}
