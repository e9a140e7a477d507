using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Mambascope.Tests.PublicApi;

/// <summary>
/// What a user of an assembly can name, as lines of text in the words of C#: a line a type, below it a line a member, in ordinal order.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared
        = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    private static readonly Type[] implied = [typeof(object), typeof(ValueType), typeof(Enum), typeof(MulticastDelegate)];

    public static IEnumerable<string> Of(Assembly assembly)
        => assembly.GetExportedTypes()
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type => Members(type).Select(member => $"    {member.Text}").Prepend(Header(type)));

    /// <summary>The line of a type.</summary>
    public static string Header(Type type)
    {
        var kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : type.IsValueType ? "struct"
            : type.IsAbstract && type.IsSealed ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class"
            : "class";
        var from = type.BaseType is { } given && !implied.Contains(given) ? new[] { Name(given) } : [];
        var interfaces = type.GetInterfaces()
            .Where(found => found.IsPublic && !(found.IsGenericType && found.GetGenericTypeDefinition() == typeof(IEquatable<>)))
            .Select(Name)
            .Order(StringComparer.Ordinal);
        var bases = string.Join(", ", type.IsEnum ? [] : from.Concat(interfaces));
        return $"{kind} {type.Namespace}.{Name(type)}{(bases.Length == 0 ? "" : $" : {bases}")}";
    }

    /// <summary>The lines of its members, in ordinal order.</summary>
    public static IEnumerable<(MemberInfo Member, string Text)> Members(Type type)
        => Listed(type).Select(member => (member, Text: Line(type, member)))
            .Where(line => line.Text is not null)
            .Select(line => (line.member, line.Text!))
            .OrderBy(line => line.Item2, StringComparer.Ordinal);

    private static MemberInfo[] Listed(Type type)
        => typeof(Delegate).IsAssignableFrom(type) ? [type.GetMethod("Invoke")!]
            : type.IsEnum ? type.GetFields(BindingFlags.Public | BindingFlags.Static)
            : type.GetMembers(Declared);

    private static string? Line(Type type, MemberInfo member)
        => member switch
        {
            FieldInfo value when type.IsEnum =>
                $"{value.Name} = {Convert.ToInt64(value.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
            _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) => null, // what a record makes of its own accord
            FieldInfo field when IsOpen(field) => $"{Prefix(field.IsStatic)}{Kind(field)}{Name(field.FieldType)} {field.Name}",
            ConstructorInfo constructor when IsOpen(constructor) => $"{Name(type).Split('<')[0]}({Parameters(constructor)})",
            PropertyInfo property => Signature(property),
            MethodInfo method when IsOpen(method) && IsNamed(method) => Signature(method),
            EventInfo found when IsOpen(found.AddMethod!) => $"event {Name(found.EventHandlerType!)} {found.Name}",
            _ => null,
        };

    private static string Signature(MethodInfo method)
    {
        var arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Prefix(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{arguments}({Parameters(method)})";
    }

    private static string? Signature(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsOpen).ToArray();
        if (accessors.Length == 0)
        {
            return null;
        }

        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(One))}]" : "";
        var forms = accessors.Select(accessor => accessor.ReturnType != typeof(void) ? "get;" : IsInit(accessor) ? "init;" : "set;");
        var name = index.Length == 0 ? property.Name : $"this{index}";
        return $"{Prefix(accessors[0].IsStatic)}{Name(property.PropertyType)} {name} {{ {string.Join(' ', forms)} }}";
    }

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Prefix(bool isStatic) => isStatic ? "static " : "";

    private static string Kind(FieldInfo field) => field.IsLiteral ? "const " : field.IsInitOnly ? "readonly " : "";

    // No accessor of a property or an event.
    private static bool IsNamed(MethodInfo method) => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal);

    // Public, or open to derived types outside.
    private static bool IsOpen(MethodBase method)
        => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsOpen(FieldInfo field)
        => field.IsPublic || ((field.IsFamily || field.IsFamilyOrAssembly) && !field.DeclaringType!.IsSealed);

    private static string Parameters(MethodBase method)
        => (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(One));

    private static string One(ParameterInfo parameter)
    {
        var way = parameter.IsOut ? "out "
            : parameter.IsIn ? "in "
            : parameter.ParameterType.IsByRef ? "ref "
            : parameter.IsDefined(typeof(ParamCollectionAttribute)) || parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params "
            : "";
        return $"{way}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? $" = {Default(parameter)}" : "")}";
    }

    private static string Default(ParameterInfo parameter)
        => parameter.DefaultValue switch
        {
            null => "default",
            string text => $"\"{text}\"",
            bool flag => flag ? "true" : "false",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        // A nested type carries the arguments of the types around it: each takes its own.
        var outer = type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0;
        var own = type.GetGenericArguments().Skip(outer).ToArray();
        var name = type.Name.Split('`')[0] + (own.Length == 0 ? "" : $"<{string.Join(", ", own.Select(Name))}>");
        return type.IsNested ? $"{Name(type.DeclaringType!)}.{name}" : name;
    }
}
