//! What the guide says around the documents, in each language.

use super::language::Language;

pub(crate) struct Phrases {
    /// Said first, every time: what is answering.
    pub(crate) introduction: &'static str,
    /// One sentence, with `{address}`.
    pub(crate) unreached: &'static str,
    /// When nothing was found.
    pub(crate) overview: &'static str,
    /// Before the titles of related sections.
    pub(crate) related: &'static str,
}

pub(crate) fn phrases(language: Language) -> &'static Phrases {
    match language {
        Language::English => &ENGLISH,
        Language::Russian => &RUSSIAN,
        Language::French => &FRENCH,
    }
}

static ENGLISH: Phrases = Phrases {
    introduction: "I am Parlor's built-in guide, **not an AI model**: I look things up in Parlor's \
                   own documentation. Connect a model and it will answer here instead.",
    unreached: "The model server at {address} could not be reached, so I answer in its place.",
    overview: "Parlor is a chat with AI models of your choice: in this window, in a browser, and \
               for scripts. Your chats stay on your own computer or server.\n\n\
               I found nothing about that in the documentation. You could ask me:\n\n\
               - How do I begin?\n\
               - How do I add an API key?\n\
               - How do I use a local model with Ollama?\n\
               - Which keyboard shortcuts are there?",
    related: "You could also ask about:\n",
};

static RUSSIAN: Phrases = Phrases {
    introduction: "Я встроенный справочник Parlor, **а не модель ИИ**: я ищу ответы в документации \
                   самого Parlor. Подключите модель, и здесь будет отвечать она.",
    unreached: "Сервер модели по адресу {address} недоступен, поэтому вместо него отвечаю я.",
    overview: "Parlor — это чат с моделями ИИ по вашему выбору: в этом окне, в браузере и для \
               скриптов. Ваши чаты остаются на вашем компьютере или сервере.\n\n\
               Об этом в документации ничего не нашлось. Можно спросить меня:\n\n\
               - С чего начать?\n\
               - Как добавить ключ API?\n\
               - Как подключить локальную модель через Ollama?\n\
               - Какие есть сочетания клавиш?",
    related: "Ещё можно спросить про:\n",
};

static FRENCH: Phrases = Phrases {
    introduction: "Je suis le guide intégré de Parlor, **pas un modèle d’IA** : je cherche dans la \
                   documentation de Parlor. Connectez un modèle, et c’est lui qui répondra ici.",
    unreached: "Le serveur de modèles à l’adresse {address} est injoignable ; je réponds donc à sa \
                place.",
    overview: "Parlor est une discussion avec les modèles d’IA de votre choix : dans cette fenêtre, \
               dans un navigateur et pour des scripts. Vos discussions restent sur votre ordinateur \
               ou votre serveur.\n\n\
               Je n’ai rien trouvé à ce sujet dans la documentation. Vous pourriez me demander :\n\n\
               - Par où commencer ?\n\
               - Comment ajouter une clé API ?\n\
               - Comment utiliser un modèle local avec Ollama ?\n\
               - Quels sont les raccourcis clavier ?",
    related: "Vous pourriez aussi demander :\n",
};
