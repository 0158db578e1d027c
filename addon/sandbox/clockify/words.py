"""The words of the pretend web app in the languages Clockify's own app speaks."""

from __future__ import annotations

LANGUAGES = {
    "EN": "English",
    "DE": "Deutsch",
    "ES": "Español",
    "FR": "Français",
    "PT": "Português",
}

_ORDER = ("DE", "ES", "FR", "PT")
_WORDS = {
    "Time tracker": "Zeiterfassung|Cronómetro|Suivi du temps|Rastreador de tempo",
    "Calendar": "Kalender|Calendario|Calendrier|Calendário",
    "Reports": "Berichte|Informes|Rapports|Relatórios",
    "Projects": "Projekte|Proyectos|Projets|Projetos",
    "Clients": "Kunden|Clientes|Clients|Clientes",
    "Team": "Team|Equipo|Équipe|Equipe",
    "Analyze": "Auswerten|Analizar|Analyser|Analisar",
    "Manage": "Verwalten|Gestionar|Gérer|Gerir",
    "Add-ons": "Add-ons|Complementos|Modules|Complementos",
    "Summary": "Zusammenfassung|Resumen|Résumé|Resumo",
    "Detailed": "Detailliert|Detallado|Détaillé|Detalhado",
    "Weekly": "Wöchentlich|Semanal|Hebdomadaire|Semanal",
    "Workspace settings": "Workspace-Einstellungen|Ajustes del espacio|"
    "Paramètres de l'espace|Definições do espaço",
    "General": "Allgemein|General|Général|Geral",
    "Install": "Installieren|Instalar|Installer|Instalar",
    "Uninstall": "Deinstallieren|Desinstalar|Désinstaller|Desinstalar",
    "Enable": "Aktivieren|Activar|Activer|Ativar",
    "Disable": "Deaktivieren|Desactivar|Désactiver|Desativar",
    "Settings": "Einstellungen|Ajustes|Paramètres|Definições",
    "Name": "Name|Nombre|Nom|Nome",
    "Role": "Rolle|Rol|Rôle|Função",
    "Status": "Status|Estado|Statut|Estado",
    "Email": "E-Mail|Correo|E-mail|E-mail",
    "Client": "Kunde|Cliente|Client|Cliente",
    "Project": "Projekt|Proyecto|Projet|Projeto",
    "User": "Benutzer|Usuario|Utilisateur|Utilizador",
    "Theme": "Design|Tema|Thème|Tema",
    "Language": "Sprache|Idioma|Langue|Idioma",
    "Light": "Hell|Claro|Clair|Claro",
    "Dark": "Dunkel|Oscuro|Sombre|Escuro",
    "Time": "Zeit|Hora|Heure|Hora",
    "Duration": "Dauer|Duración|Durée|Duração",
    "Amount": "Betrag|Importe|Montant|Montante",
    "Description": "Beschreibung|Descripción|Description|Descrição",
    "Total": "Gesamt|Total|Total|Total",
    "Billable": "Abrechenbar|Facturable|Facturable|Faturável",
    "Start": "Start|Iniciar|Démarrer|Iniciar",
    "Stop": "Stopp|Parar|Arrêter|Parar",
    "Make something happen": "Etwas geschehen lassen|Haz que pase algo|"
    "Faire arriver quelque chose|Fazer algo acontecer",
    "Do it": "Los|Hazlo|Faire|Fazer",
}


def say(word: str, language: str) -> str:
    """The word in that language, or in English where it is not known."""
    if language not in _ORDER or word not in _WORDS:
        return word
    return _WORDS[word].split("|")[_ORDER.index(language)]
